#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "curldescent/experiment/task.hpp"

namespace curldescent {

/// The dimensions of the results file. From `character` on a file has those that its variables need.
enum class Dimension : std::uint8_t {
    point,
    rule,
    replicate,
    record,
    character,
    eigenvalue,
    threshold,
    stage,
    exponent,
    window
};

template <>
inline constexpr std::array<std::string_view, 10> enumeration_names<Dimension>{
    "point", "rule", "replicate", "record", "character", "eigenvalue", "threshold", "stage", "exponent", "window"};

/// How the values of a variable are stored. A text has any length and is written once, with the layout.
/// Characters are the bytes of texts of fixed room along the dimension `character`, which are written while
/// tasks run.
enum class ValueType : std::uint8_t { real64, int32, int64, uint8, uint64, text, character };

/// Bytes of room for a run's message.
inline constexpr std::int64_t message_room = 160;

/// Where a variable lives. The root group holds the scientific data: it alone is hashed by `digest`.
enum class Group : std::uint8_t { root, timing, provenance };

/// What a checksum says of that which it goes with: a file of an older build may lack one.
enum class Integrity : std::uint8_t { intact, damaged, unknown };

/// Values that are known when the file is made; nothing for those that tasks will bring.
using Content = std::variant<std::monostate, std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

/// One variable of the results file.
struct Variable {
    std::string name;
    std::vector<Dimension> dimensions;  ///< empty: a scalar
    ValueType type = ValueType::real64;
    std::string units;  ///< "1" for pure numbers; empty for text
    std::string description;
    Content content{};  ///< a dimension scale without content is a mere length
    Group group = Group::root;
    std::string coordinates{};    ///< CF: the variables that label this one
    std::string flag_meanings{};  ///< CF: the names of the values 0, 1, ... of an enumeration
};

/// The number of entries along each dimension; 0 along those that a file does not have.
struct Extents {
    std::int64_t points = 0;
    std::int64_t rules = 0;
    std::int64_t replicates = 0;
    std::int64_t records = 0;
    std::int64_t characters = message_room;
    std::int64_t eigenvalues = 0;
    std::int64_t thresholds = 0;
    std::int64_t stages = 0;
    std::int64_t exponents = 0;
    std::int64_t windows = 0;

    bool operator==(const Extents&) const = default;

    [[nodiscard]] std::int64_t along(Dimension dimension) const;

    /// Sets the number of entries along a dimension.
    void set(Dimension dimension, std::int64_t length);
};

/// Which statistics over replicates a variable of the runs gets: those of its values, also of their logarithms, or the
/// share of the runs that have each value of an enumeration, whose first value means that there is none.
enum class Statistics : std::uint8_t { none, plain, with_log10, shares };

/// How a variable of the runs is compared between rules, if it is: as a level that a run has, or as a duration, which a
/// run that never got there does not have.
enum class Comparable : std::uint8_t { no, level, duration };

/// How a variable is read from a RunResult. A byte is the value of an enumeration.
using RunValue = std::variant<double (*)(const RunResult&), const std::vector<double>& (*)(const RunResult&),
                              std::int32_t (*)(const RunResult&), std::uint8_t (*)(const RunResult&),
                              const std::string& (*)(const RunResult&)>;

/// A variable that every run brings: where it comes from in a RunResult and where it goes in the file. Adding
/// a measurement means adding its rows to `all_run_variables`.
struct RunVariable {
    std::string_view name;
    RunValue value;
    std::optional<Dimension> extra;  ///< the dimension beside [point, rule, replicate]
    std::string_view units;
    std::string_view description;
    Statistics statistics = Statistics::none;
    Group group = Group::root;
    bool (*wanted)(const Analysis&) = [](const Analysis&) { return true; };  ///< whether an experiment has it
    std::span<const std::string_view> flags{};  ///< the names of the values 0, 1, ... of an enumeration
    Comparable comparable = Comparable::no;
};

/// Every variable of the runs that there is, `status` and the checksums apart.
std::span<const RunVariable> all_run_variables();

/// Those of an experiment with these measurements.
std::vector<RunVariable> run_variables(const Analysis& analysis);

/// How a run's variable is stored.
ValueType value_type(const RunVariable& variable);

/// The statistics over the replicates of a rule at a point, as suffixes of a variable's name.
inline constexpr std::array<std::string_view, 6> statistic_names{"mean", "sem", "median", "q05", "q95", "count"};

/// The names of the summarised quantities: a variable's own, and "log10_..." of it where that is kept.
std::vector<std::string> summarised_names(const RunVariable& variable);

/// The name of the share of the runs that have one of a variable's flags.
std::string share_name(const RunVariable& variable, std::string_view flag);

/// What a rule's comparison with the baseline says of a variable at a point, as suffixes of "<variable>_vs_baseline".
inline constexpr std::array<std::string_view, 14> comparison_names{
    "ratio", "ratio_low", "ratio_high", "t_p",   "wilcoxon_p", "t_p_holm",   "wilcoxon_p_holm",
    "wins",  "losses",    "ties",       "pairs", "t_pairs",    "unfinished", "baseline_unfinished"};

/// The name of one of them.
std::string comparison_variable(std::string_view variable, std::string_view comparison);

/// The extents of an experiment's results. `records` is the most that any point has.
Extents extents_of(const Experiment& experiment);

/// Bytes that the rows of all runs take on disk; the rest of a file is small beside them.
double rows_size(const Experiment& experiment);

/// About how many bytes the file of such a layout takes: its values, and what describes them.
double file_size(const std::vector<Variable>& layout, const Extents& extents);

/// The whole schema for an experiment, dimension scales first: labels and parameters with their values, then
/// what the runs will bring, statistics, and timing.
std::vector<Variable> scientific_layout(const Experiment& experiment);

}  // namespace curldescent
