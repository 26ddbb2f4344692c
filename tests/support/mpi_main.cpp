// The main program of tests that run on several ranks: rank 0 prints, the others print failures alone; the exit code is
// the worst of all ranks', and running no test at all is a failure.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/environment.hpp>
#include <functional>
#include <iostream>

#include "curldescent/storage/hdf5.hpp"

namespace {

class FailurePrinter : public testing::EmptyTestEventListener {
  public:
    explicit FailurePrinter(int rank) : rank_(rank) {}

    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (result.failed()) {
            std::cerr << "rank " << rank_ << ": " << (result.file_name() != nullptr ? result.file_name() : "") << ":"
                      << result.line_number() << ": " << result.summary() << "\n";
        }
    }

  private:
    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    const boost::mpi::environment environment(boost::mpi::threading::funneled);
    const boost::mpi::communicator world;
    curldescent::hdf5::initialise();
    testing::InitGoogleTest(&argc, argv);
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    if (world.rank() > 0) {
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new FailurePrinter(world.rank()));
    }
    int code = RUN_ALL_TESTS();
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) code = 1;
    return boost::mpi::all_reduce(world, code, [](int a, int b) { return std::max(a, b); });
}
