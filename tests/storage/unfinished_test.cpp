#include "curldescent/storage/unfinished.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;

TEST(UnfinishedFolder, StandsBesideTheOutput) {
    EXPECT_EQ(unfinished_folder("here/out.h5"), "here/out.h5.unfinished");
    EXPECT_EQ(lock_path("here/out.h5"), "here/out.h5.unfinished/lock");
}

TEST(RemoveUnfinished, RemovesTheFolderWithItsFiles) {
    const TemporaryFolder folder;
    const std::string output = folder.file("out.h5");
    fs::create_directory(unfinished_folder(output));
    std::ofstream(unfinished_folder(output) / "some.task") << "half done";

    remove_unfinished(output);

    EXPECT_FALSE(fs::exists(unfinished_folder(output)));
}

TEST(RemoveUnfinished, LeavesTheLockToItsOwner) {
    const TemporaryFolder folder;
    const std::string output = folder.file("out.h5");
    fs::create_directory(unfinished_folder(output));
    std::ofstream(lock_path(output)) << "of a run";

    remove_unfinished(output);

    EXPECT_TRUE(fs::exists(lock_path(output)));
}

TEST(RemoveUnfinished, DoesNothingWithoutAFolder) {
    const TemporaryFolder folder;
    EXPECT_NO_THROW(remove_unfinished(folder.file("out.h5")));
}

}  // namespace
}  // namespace curldescent
