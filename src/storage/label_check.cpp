#include "curldescent/storage/label_check.hpp"

#include <fmt/format.h>

#include <optional>

#include "curldescent/storage/hdf5.hpp"
#include "texts.hpp"

namespace curldescent {
namespace {

constexpr const char* unreadable = "it cannot be read";

template <class Value>
std::vector<Value> read_numbers(const hdf5::Handle& dataset, hid_t type, const hdf5::Block& all) {
    std::vector<Value> values(all.size());
    hdf5::read_block(dataset, type, all, std::as_writable_bytes(std::span(values)), unreadable);
    return values;
}

/// What is wrong with some values; nothing when all are the same.
template <class Value, class Same>
std::optional<std::string> difference(const Variable& variable, const std::vector<hsize_t>& extent,
                                      const std::vector<Value>& stored, const std::vector<Value>& expected, Same same) {
    if (stored.size() != expected.size()) {
        return fmt::format("{} values in place of {}", stored.size(), expected.size());
    }
    std::size_t differing = 0;
    std::size_t first = 0;
    for (std::size_t k = stored.size(); k-- > 0;) {
        if (same(stored[k], expected[k])) continue;
        ++differing;
        first = k;
    }
    if (differing == 0) return std::nullopt;
    const std::size_t place = first / (stored.size() / extent.front());
    return fmt::format("{} of {} values differ, the first at {} {}: {} in place of {}", differing, stored.size(),
                       to_string(variable.dimensions.front()), place, stored[first], expected[first]);
}

std::optional<std::string> problem_of(const hdf5::Handle& dataset, const Variable& variable, Agreement agreement) {
    hdf5::Block all{.first = {}, .extent = hdf5::extents(dataset)};
    if (all.extent.size() != variable.dimensions.size()) {
        return fmt::format("{} dimensions in place of {}", all.extent.size(), variable.dimensions.size());
    }
    all.first.assign(all.extent.size(), 0);
    const auto compare = [&](const auto& stored, const auto& expected, auto same) {
        return difference(variable, all.extent, stored, expected, same);
    };
    if (const auto* reals = std::get_if<std::vector<double>>(&variable.content)) {
        return compare(read_numbers<double>(dataset, H5T_NATIVE_DOUBLE, all), *reals,
                       [&](double stored, double expected) { return agree(stored, expected, agreement); });
    }
    if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.content)) {
        return compare(read_texts(dataset, all, unreadable), *texts, std::equal_to<>());
    }
    const auto stored = read_numbers<std::int64_t>(dataset, H5T_NATIVE_INT64, all);
    const auto* integers = std::get_if<std::vector<std::int64_t>>(&variable.content);
    // The scale of a mere length holds zeros.
    return compare(stored, integers != nullptr ? *integers : std::vector<std::int64_t>(stored.size()),
                   std::equal_to<>());
}

/// Whether it is known when a file is made: what has a content, and scales.
bool is_label(const Variable& variable) {
    const bool is_scale = variable.dimensions.size() == 1 && variable.name == to_string(variable.dimensions.front());
    return variable.group == Group::root && (is_scale || !std::holds_alternative<std::monostate>(variable.content));
}

}  // namespace

LabelReport check_labels(const std::string& path, const std::vector<Variable>& layout, Agreement agreement) {
    const hdf5::Handle file = hdf5::open_for_reading(path);
    const hsize_t file_size = hdf5::size_of(file, path);
    LabelReport report;
    for (const Variable& variable : layout) {
        if (!is_label(variable)) continue;
        if (H5Lexists(file.id(), variable.name.c_str(), H5P_DEFAULT) <= 0) {
            report.missing.push_back(variable.name);
            continue;
        }
        try {
            const hdf5::Handle dataset = hdf5::open_results(file, file_size, variable.name, unreadable);
            const auto problem = problem_of(dataset, variable, agreement);
            if (problem) report.spoilt.push_back({variable.name, *problem});
        } catch (const StorageError& error) {
            report.spoilt.push_back({variable.name, error.what()});
        }
    }
    return report;
}

}  // namespace curldescent
