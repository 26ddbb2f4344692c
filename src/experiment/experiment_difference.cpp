#include "curldescent/experiment/experiment_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace curldescent {
namespace {

const SweptKey* find_swept(const Sweep& sweep, const Key& key) {
    for (const SweepAxis& axis : sweep.axes) {
        for (const SweptKey& swept : axis.keys) {
            if (swept.key == &key) return &swept;
        }
    }
    return nullptr;
}

std::string value_text(const Experiment& experiment, const Key& key) {
    if (const SweptKey* swept = find_swept(experiment.sweep, key)) {
        std::vector<std::string> values;
        for (const KeyValue& value : swept->values) values.push_back(to_toml(value));
        return fmt::format("[{}] (swept)", fmt::join(values, ", "));
    }
    const auto value = key.get(experiment.settings);
    return value ? to_toml(*value) : "not set";
}

/// The axes in their order, zipped keys joined by "with".
std::string order_text(const Sweep& sweep) {
    std::vector<std::string> axes;
    for (const SweepAxis& axis : sweep.axes) {
        std::vector<std::string> names;
        for (const SweptKey& swept : axis.keys) names.push_back(swept.key->dotted());
        axes.push_back(fmt::format("{}", fmt::join(names, " with ")));
    }
    return fmt::format("{}", fmt::join(axes, " x "));
}

}  // namespace

std::vector<KeyDifference> differing_keys(const Experiment& stored, const Experiment& given) {
    std::vector<KeyDifference> differences;
    for (const Key& key : all_keys()) {
        const std::string name = key.dotted();
        if (name == "experiment.name" || name == "data.file") continue;
        std::string old_text = value_text(stored, key);
        std::string new_text = value_text(given, key);
        if (old_text != new_text) differences.push_back({name, std::move(old_text), std::move(new_text)});
    }
    const std::string old_order = order_text(stored.sweep);
    const std::string new_order = order_text(given.sweep);
    if (differences.empty() && old_order != new_order) differences.push_back({"sweep", old_order, new_order});
    return differences;
}

}  // namespace curldescent
