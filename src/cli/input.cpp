#include "input.hpp"

#include <set>
#include <tuple>

#include "curldescent/storage/data_file.hpp"

namespace curldescent::cli {
namespace {

/// Once for every combination of sizes, since data may be large and points many.
void check_data(const SuppliedData& supplied, const Experiment& experiment) {
    if (supplied.source.empty()) return;
    std::set<std::tuple<Index, Index, Index, Index, Index, Index, bool, Start>> checked;
    for (std::int64_t point = 0; point < experiment.sweep.points(); ++point) {
        const RunSettings run = point_settings(experiment, point);
        const DataSizes sizes = data_sizes(run);
        const auto key = std::tuple(sizes.inputs, sizes.hidden, sizes.teacher_hidden, sizes.outputs, sizes.samples,
                                    sizes.test_samples, run.initialization.rescale_teacher, run.initialization.start);
        if (checked.insert(key).second) validate(supplied, run);
    }
}

}  // namespace

std::shared_ptr<const SuppliedData> read_data(const std::string& path) {
    return std::make_shared<const SuppliedData>(path.empty() ? SuppliedData{} : read_supplied_data(path));
}

Input read_input(const std::string& experiment, const std::vector<std::string>& overrides) {
    Input input;
    input.experiment = read_experiment(experiment, overrides);
    input.supplied = read_data(data_path(input.experiment));
    check_data(*input.supplied, input.experiment);
    return input;
}

}  // namespace curldescent::cli
