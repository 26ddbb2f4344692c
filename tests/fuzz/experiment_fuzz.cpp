// Any bytes as an experiment file, read as the program reads one before it runs anything. Only InputError may come of
// it, and what is accepted must read back from its resolved text.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "curldescent/experiment/calibration.hpp"
#include "curldescent/experiment/cost_model.hpp"
#include "curldescent/experiment/experiment.hpp"
#include "curldescent/experiment/task.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/schema.hpp"

namespace curldescent {
namespace {

constexpr std::int64_t many_points = 1000;
constexpr std::int64_t many_records = 100'000;

/// Roughly how many points the ranges of a text ask for: the product of their last numbers. Many of them are allowed,
/// take seconds, and show nothing that a few do not.
double points_of_ranges(std::string_view text) {
    double points = 1.0;
    for (std::size_t at = text.find("space"); at != std::string_view::npos; at = text.find("space", at + 1)) {
        const std::string_view range = text.substr(at, text.find(']', at) - at);
        const std::size_t last = range.rfind(',');
        if (last == std::string_view::npos) continue;
        const std::string_view count = range.substr(last + 1);
        const bool plain = count.find_first_not_of("0123456789 ") == std::string_view::npos;
        points *= plain ? std::max(std::atof(std::string(count).c_str()), 1.0) : static_cast<double>(many_points);
    }
    return points;
}

void use_point(const Experiment& experiment, std::int64_t point) {
    const Task task = make_task(experiment, point * experiment.settings.replicates);
    const CostModel model = default_cost_model();
    if (!(expected_seconds(model, task, {}) >= 0.0)) std::abort();
    shortened(task, model, 0.01, {});
    if (recorded_epochs(task.settings).empty()) std::abort();
}

/// Whether a results file of the experiment has a size that is made in no time.
bool has_small_layout(const Experiment& experiment) {
    constexpr double largest_file = 1e8;
    std::int64_t records = 0;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        const RunSettings run = point_settings(experiment, point);
        records += std::min(run.recording.records, run.training.epochs);
        if (point > many_points || records > many_records) return false;
    }
    return rows_size(experiment) <= largest_file;
}

void use_layout(const Experiment& experiment) {
    if (!has_small_layout(experiment)) return;
    if (!(file_size(scientific_layout(experiment), extents_of(experiment)) > 0.0)) std::abort();
}

void use(const Experiment& experiment) {
    const std::int64_t points = experiment.sweep.points();
    for (const std::int64_t point : {std::int64_t{0}, points / 2, points - 1}) use_point(experiment, point);
    const std::string resolved = resolved_text(experiment);
    if (resolved_text(parse_experiment(resolved, "resolved.toml", {})) != resolved) std::abort();
    data_path(experiment);
    use_layout(experiment);
}

}  // namespace
}  // namespace curldescent

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace curldescent;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (points_of_ranges(text) > static_cast<double>(many_points)) return 0;
    Experiment experiment;
    try {
        experiment = parse_experiment(text, "fuzz.toml", {});
    } catch (const InputError&) {
        return 0;
    }
    use(experiment);
    return 0;
}
