#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace curldescent::cli {

/// A job of `run`: what it runs, and what it asks of Slurm.
struct Job {
    std::string experiment;
    std::string output;
    std::vector<std::string> overrides;  ///< of keys, key=value
    std::int64_t nodes = 1;
    std::int64_t ranks_per_node = 1;
    std::string time;  ///< D-HH:MM:SS
};

/// A word as a shell reads it.
std::string quoted(const std::string& word);

/// The line that submits jobs/slurm/run.sbatch for a job, in the top folder.
std::string submission_line(const Job& job);

/// The text of jobs/slurm/run.sbatch with the values of a job in place of its own, and `program` as the program to run.
std::string job_script(const Job& job, std::string_view program);

}  // namespace curldescent::cli
