#include "job_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace curldescent::cli {
namespace {

constexpr std::string_view run_sbatch =
#include "run_sbatch.inc"
    ;

/// The options of `run` that replace keys, each after a space.
std::string override_options(const Job& job) {
    if (job.overrides.empty()) return {};
    std::string options = " --set";
    for (const std::string& entry : job.overrides) options += " " + quoted(entry);
    return options;
}

/// Replaces the rest of the one line that begins like this.
void replace_line(std::string& text, const std::string& beginning, const std::string& value) {
    const std::size_t before = text.find("\n" + beginning);
    if (before == std::string::npos) throw std::logic_error("run.sbatch has no line " + beginning);
    const std::size_t start = before + 1 + beginning.size();
    text.replace(start, text.find('\n', start) - start, value);
}

}  // namespace

std::string quoted(const std::string& word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string inside;
    for (const char character : word) inside += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return "'" + inside + "'";
}

std::string submission_line(const Job& job) {
    return fmt::format(
        "EXPERIMENT={} OUTPUT={} sbatch --nodes={} --ntasks-per-node={} --time={} jobs/slurm/run.sbatch{}",
        quoted(job.experiment), quoted(job.output), job.nodes, job.ranks_per_node, job.time, override_options(job));
}

std::string job_script(const Job& job, std::string_view program) {
    const auto by_default = [](std::string_view name, const std::string& value) {
        // Within ${NAME:-...} a word in quotes is taken as it is, as outside.
        return fmt::format("${{{}:-{}}}", name, quoted(value));
    };
    const std::array<std::pair<std::string, std::string>, 7> lines{
        {{"#SBATCH --nodes=", fmt::format("{}", job.nodes)},
         {"#SBATCH --ntasks-per-node=", fmt::format("{}", job.ranks_per_node)},
         {"#SBATCH --time=", job.time},
         {"EXPERIMENT=", by_default("EXPERIMENT", job.experiment)},
         {"OUTPUT=", by_default("OUTPUT", job.output)},
         {"PROGRAM=", by_default("PROGRAM", std::string(program))},
         {"options=(", fmt::format("\"$@\"{})", override_options(job))}}};
    std::string text(run_sbatch);
    for (const auto& [beginning, value] : lines) replace_line(text, beginning, value);
    return text;
}

}  // namespace curldescent::cli
