#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "curldescent/experiment/experiment.hpp"

namespace curldescent {
namespace {

std::string swept_text(const SweptKey& swept) {
    std::vector<std::string> values;
    for (const KeyValue& value : swept.values) values.push_back(to_toml(value));
    return fmt::format("\"{}\" = [{}]\n", swept.key->dotted(), fmt::join(values, ", "));
}

std::string zip_text(const Sweep& sweep) {
    std::vector<std::string> groups;
    for (const SweepAxis& axis : sweep.axes) {
        if (axis.keys.size() < 2) continue;
        std::vector<std::string> names;
        for (const SweptKey& swept : axis.keys) names.push_back("\"" + swept.key->dotted() + "\"");
        groups.push_back(fmt::format("[{}]", fmt::join(names, ", ")));
    }
    return groups.empty() ? "" : fmt::format("zip = [{}]\n", fmt::join(groups, ", "));
}

/// The text as comment lines of at most 100 characters, broken between words.
std::string comment(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::string lines;
    std::string line = "#";
    for (std::string word; words >> word;) {
        if (line.size() + word.size() >= 100) {
            lines += line + "\n";
            line = "#";
        }
        line += " " + word;
    }
    return lines + line + "\n";
}

constexpr std::string_view template_head =
    R"(# A curldescent experiment, with every key at its default. Keep what you want to change, remove the rest, then
#     curldescent run this-file.toml -o results.h5
)";

constexpr std::string_view template_sweep = R"([sweep]
# Any key of [network] to [training], by its dotted name in quotes, takes several values here: a list,
# {linspace = [first, last, count]} or {logspace = [first exponent, last exponent, count]}. Keys are crossed in the
# order written, the last one fastest; keys named together in a group of zip move together.
# "network.activation" = ["linear", "tanh"]
# "plasticity.hidden_flip_fraction" = {linspace = [0, 1, 21]}
# "training.samples" = [100, 200]
# "training.epochs" = [1000, 2000]
# zip = [["training.samples", "training.epochs"]]
)";

}  // namespace

std::string resolved_text(const Experiment& experiment) {
    std::string text;
    std::string_view section;
    for (const Key& key : all_keys()) {
        const auto value = key.get(experiment.settings);
        if (!value || experiment.sweep.varies(key)) continue;
        if (key.section != section) text += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", key.section);
        section = key.section;
        text += fmt::format("{} = {}\n", key.name, to_toml(*value));
    }
    text += "\n[sweep]\n";
    for (const SweepAxis& axis : experiment.sweep.axes) {
        for (const SweptKey& swept : axis.keys) text += swept_text(swept);
    }
    return text + zip_text(experiment.sweep);
}

std::string template_text() {
    const Settings defaults;
    std::string text(template_head);
    std::string_view section;
    for (const Key& key : all_keys()) {
        if (key.section != section) text += fmt::format("\n[{}]\n", key.section);
        section = key.section;
        text += comment(fmt::format("{} ({})", key.meaning, allowed_values(key)));
        const auto value = key.get(defaults);
        if (value) {
            text += fmt::format("{} = {}\n", key.name, to_toml(*value));
        } else {
            text += fmt::format("# {} = {}  # when absent: {}\n", key.name, key.example, key.when_absent);
        }
    }
    return text + "\n" + std::string(template_sweep);
}

}  // namespace curldescent
