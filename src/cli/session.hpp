#pragma once

#include <boost/mpi/communicator.hpp>
#include <functional>
#include <memory>
#include <string>

#include "curldescent/storage/results_file.hpp"

namespace curldescent::cli {

/// Whether no rank has a problem. Rank 0 prints the first one there is. Every rank calls it, with its own problem or an
/// empty text; it waits for the others without burning a core.
bool all_well(const boost::mpi::communicator& world, const std::string& problem);

/// What `action` throws, as a text that names the rank unless it is the first; empty when all went well.
std::string problem_of(const boost::mpi::communicator& world, const std::function<void()>& action);

/// Opens a results file on all ranks or on none; rank 0 says why not. Every rank opens it alone first, since opening it
/// together would wait for a rank that cannot.
std::unique_ptr<ResultsFile> open_together(const boost::mpi::communicator& world, const std::string& path);

/// Runs `action` on every rank. What it throws on one rank ends all of them with exit code 1: the files cannot be
/// closed without the others, and they wait for this one.
void run_or_abort(const boost::mpi::communicator& world, const std::function<void()>& action);

}  // namespace curldescent::cli
