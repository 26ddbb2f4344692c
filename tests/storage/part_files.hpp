#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/mpi/communicator.hpp>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "curldescent/ensemble/mpi_channel.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/results_file.hpp"
#include "storage/small_experiment.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {

/// All variables of a results file.
inline std::vector<Variable> layout_of(const Experiment& experiment) {
    std::vector<Variable> layout = scientific_layout(experiment);
    std::ranges::move(provenance_layout(make_provenance(experiment, "")), std::back_inserter(layout));
    return layout;
}

/// A run that ended in this way, with this final test loss.
inline RunResult some_result(RunStatus status, double value) {
    RunResult result;
    result.status = status;
    result.final_test_loss = value;
    result.test_loss = {1.0, value};
    result.message = status == RunStatus::failed ? "why it failed" : "";
    result.wall_seconds = value / 10.0;
    return result;
}

/// Files of one experiment that have some runs each. On several ranks, rank 0 alone makes them.
class PartFiles : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.rank() != 0) GTEST_SKIP() << "rank 0 alone";
    }

    /// The path of a file in which these replicates of point 2, rule 1 are written.
    std::string part(const std::string& name, const std::vector<std::pair<std::int64_t, RunResult>>& runs) {
        const std::string path = (folder_.path() / name).string();
        create_results_file(path, layout_of(experiment_), extents_of(experiment_));
        ResultsFile results(path, MPI_COMM_SELF);
        for (const auto& [replicate, result] : runs) results.write_run({2, 1, replicate}, result);
        results.close();
        return path;
    }

    boost::mpi::communicator world_;
    TemporaryFolder folder_;
    Experiment experiment_ = small_experiment();
};

}  // namespace curldescent
