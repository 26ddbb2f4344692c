#include "curldescent/storage/partial_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "curldescent/storage/hdf5.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string read(const std::string& path) {
    std::string text;
    std::getline(std::ifstream(path), text);
    return text;
}

/// The number of a process that no longer exists.
pid_t ended_process() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
}

class PartialFileTest : public testing::Test {
  protected:
    /// The partial name that another process of this host would have.
    [[nodiscard]] std::string partial_of(pid_t process) const {
        const std::string own = partial_path(output_);
        const std::string number = std::to_string(::getpid()) + ".partial";
        return own.substr(0, own.size() - number.size()) + std::to_string(process) + ".partial";
    }

    TemporaryFolder folder_;
    std::string output_ = folder_.file("out.h5");
};

TEST_F(PartialFileTest, NamesOutputAndProcess) {
    EXPECT_THAT(partial_path(output_), HasSubstr(output_ + "."));
    EXPECT_THAT(partial_path(output_), HasSubstr("-" + std::to_string(::getpid()) + ".partial"));
}

TEST_F(PartialFileTest, OfAProcessThatEndedIsRemoved) {
    const std::string leftover = partial_of(ended_process());
    std::ofstream(leftover) << "half a layout";

    remove_leftovers(output_);

    EXPECT_FALSE(fs::exists(leftover));
}

TEST_F(PartialFileTest, OfALivingProcessAnotherHostOrAnotherOutputStays) {
    const pid_t ended = ended_process();
    const std::vector<std::string> kept{
        partial_of(::getppid()),   output_ + ".another-host-" + std::to_string(ended) + ".partial",
        output_ + ".partial",      folder_.file("other") + partial_of(ended).substr(folder_.path().string().size() + 1),
        partial_of(ended) + ".h5", output_};
    for (const std::string& path : kept) std::ofstream(path) << "kept";

    remove_leftovers(output_);

    for (const std::string& path : kept) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST_F(PartialFileTest, IsPublishedUnderItsName) {
    std::ofstream(partial_path(output_)) << "new";

    publish_results_file(partial_path(output_), output_, Replace::never);

    EXPECT_EQ(read(output_), "new");
    EXPECT_FALSE(fs::exists(partial_path(output_)));
}

TEST_F(PartialFileTest, IsRemovedWhereItMayNotReplaceAFile) {
    std::ofstream(output_) << "old";
    std::ofstream(partial_path(output_)) << "new";

    EXPECT_THROW(publish_results_file(partial_path(output_), output_, Replace::never), StorageError);

    EXPECT_EQ(read(output_), "old");
    EXPECT_FALSE(fs::exists(partial_path(output_)));
}

TEST_F(PartialFileTest, IsRemovedWhereItCannotBeRenamed) {
    fs::create_directory(output_);
    std::ofstream(partial_path(output_)) << "new";

    EXPECT_THROW(publish_results_file(partial_path(output_), output_, Replace::allowed), StorageError);

    EXPECT_FALSE(fs::exists(partial_path(output_)));
}

TEST_F(PartialFileTest, ReplacesAFileWhereThatIsAllowed) {
    std::ofstream(output_) << "old";
    std::ofstream(partial_path(output_)) << "new";

    publish_results_file(partial_path(output_), output_, Replace::allowed);
    EXPECT_EQ(read(output_), "new");
}

}  // namespace
}  // namespace curldescent
