#include "curldescent/storage/file_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "curldescent/storage/hdf5.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileIdentityTest : public testing::Test {
  protected:
    /// What is wrong with the file now; empty: nothing.
    std::string problem() {
        try {
            identity_.check(path_);
        } catch (const StorageError& error) {
            return error.what();
        }
        return {};
    }

    TemporaryFolder folder_;
    std::string path_ = (std::ofstream(folder_.file("out.h5")) << "ten bytes.", folder_.file("out.h5"));
    FileIdentity identity_{path_};
};

TEST_F(FileIdentityTest, HoldsForAFileThatIsWrittenOrGrows) {
    std::ofstream(path_, std::ios::in) << "TEN";
    EXPECT_EQ(problem(), "");
    std::ofstream(path_, std::ios::app) << "and more";
    EXPECT_EQ(problem(), "");
}

TEST_F(FileIdentityTest, HoldsForAFileThatWasRenamed) {
    fs::rename(path_, folder_.file("renamed.h5"));
    path_ = folder_.file("renamed.h5");
    EXPECT_EQ(problem(), "");
}

TEST_F(FileIdentityTest, NoticesThatTheFileWasRemoved) {
    fs::remove(path_);
    EXPECT_THAT(problem(), HasSubstr(path_ + ": was removed"));
}

TEST_F(FileIdentityTest, NoticesThatTheFileWasReplaced) {
    std::ofstream(folder_.file("other.h5")) << "ten bytes.";
    fs::rename(folder_.file("other.h5"), path_);
    EXPECT_THAT(problem(), HasSubstr(path_ + ": was replaced"));
}

TEST_F(FileIdentityTest, NoticesThatTheFileWasTruncated) {
    fs::resize_file(path_, 9);
    EXPECT_THAT(problem(), HasSubstr("was truncated from 10 to 9 bytes"));
}

TEST_F(FileIdentityTest, NeedsAFile) {
    EXPECT_THROW(FileIdentity(folder_.file("missing.h5")), StorageError);
}

}  // namespace
}  // namespace curldescent
