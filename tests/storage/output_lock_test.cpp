#include "curldescent/storage/output_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "curldescent/model/error.hpp"
#include "curldescent/storage/unfinished.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// Why the lock cannot be had; empty when it can.
std::string refusal(const std::string& output) {
    try {
        const OutputLock lock(output);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

class OutputLockTest : public testing::Test {
  protected:
    TemporaryFolder folder_;
    std::string output_ = folder_.file("out.h5");
};

TEST_F(OutputLockTest, RefusesASecondRunAndNamesTheFirst) {
    const OutputLock first(output_);

    EXPECT_THAT(refusal(output_), AllOf(HasSubstr(output_), HasSubstr("process " + std::to_string(::getpid())),
                                        HasSubstr("on host "), HasSubstr("choose another output")));
}

TEST_F(OutputLockTest, KeepsOutputsApart) {
    const OutputLock first(output_);
    EXPECT_EQ(refusal(folder_.file("other.h5")), "");
}

TEST_F(OutputLockTest, IsFreeAgainWhenItsOwnerIsGone) {
    std::make_unique<OutputLock>(output_).reset();
    EXPECT_EQ(refusal(output_), "");
}

TEST_F(OutputLockTest, LeavesNothingBehind) {
    std::make_unique<OutputLock>(output_).reset();
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(OutputLockTest, LeavesOtherFilesOfItsFolder) {
    {
        const OutputLock lock(output_);
        std::ofstream(unfinished_folder(output_) / "some.task") << "half done";
    }
    EXPECT_TRUE(fs::exists(unfinished_folder(output_) / "some.task"));
    EXPECT_FALSE(fs::exists(lock_path(output_)));
}

TEST_F(OutputLockTest, EndsWithAProcessThatIsKilled) {
    const pid_t child = ::fork();
    if (child == 0) {
        const OutputLock lock(output_);
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    ASSERT_TRUE(fs::exists(lock_path(output_)));

    EXPECT_EQ(refusal(output_), "");
}

TEST_F(OutputLockTest, WaitsForAProcessThatEndsMeanwhile) {
    const std::string locked = folder_.file("locked");
    const pid_t child = ::fork();
    if (child == 0) {
        const OutputLock lock(output_);
        std::ofstream(locked).flush();
        for (;;) ::pause();
    }
    while (!fs::exists(locked)) continue;
    int times_asked = 0;
    const auto may_wait = [&] {
        if (++times_asked == 1) ::kill(child, SIGKILL);
        return true;
    };

    const OutputLock lock(output_, may_wait);

    EXPECT_GE(times_asked, 1);
    EXPECT_NE(refusal(output_), "");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

TEST_F(OutputLockTest, WaitsNoLongerThanItMay) {
    const OutputLock first(output_);
    int times_asked = 0;

    EXPECT_THROW(OutputLock(output_, [&] { return ++times_asked < 2; }), InputError);
    EXPECT_EQ(times_asked, 2);
}

TEST_F(OutputLockTest, DoesNotRemoveTheLockOfAnotherRun) {
    auto first = std::make_unique<OutputLock>(output_);
    fs::remove_all(unfinished_folder(output_));  // as somebody might who tidies up
    const OutputLock second(output_);

    first.reset();

    EXPECT_NE(refusal(output_), "");
}

TEST_F(OutputLockTest, IsNotNeededWhereItCannotBeMade) {
    EXPECT_EQ(refusal(folder_.file("no/such/folder/out.h5")), "");
    EXPECT_EQ(refusal("/proc/out.h5"), "");
}

TEST_F(OutputLockTest, RefusesAFileInPlaceOfItsFolder) {
    std::ofstream(unfinished_folder(output_)) << "of somebody";
    EXPECT_THAT(refusal(output_), HasSubstr("out.h5.unfinished: is no folder"));
}

}  // namespace
}  // namespace curldescent
