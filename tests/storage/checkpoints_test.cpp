#include "curldescent/storage/checkpoints.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "curldescent/storage/hdf5.hpp"
#include "support/temporary_folder.hpp"

namespace curldescent {
namespace {

const std::vector<std::byte> state{std::byte{1}, std::byte{2}, std::byte{3}};

Task task_of(std::int64_t point, std::int64_t replicate) {
    Task task;
    task.point = point;
    task.replicate = replicate;
    task.rule_count = 1;
    return task;
}

TEST(Checkpoints, GiveBackTheLastStateThatWasSaved) {
    const TemporaryFolder folder;
    const Checkpoints checkpoints(folder.path() / "out.h5.unfinished", "origin");
    checkpoints.save(task_of(1, 2), std::vector<std::byte>(9));
    checkpoints.save(task_of(1, 2), state);

    EXPECT_EQ(checkpoints.load(task_of(1, 2)), state);
    EXPECT_TRUE(checkpoints.load(task_of(2, 1)).empty());
}

TEST(Checkpoints, ForgetWhatIsRemoved) {
    const TemporaryFolder folder;
    const Checkpoints checkpoints(folder.path() / "out.h5.unfinished", "origin");
    checkpoints.save(task_of(0, 0), state);

    checkpoints.remove(task_of(0, 0));
    checkpoints.remove(task_of(0, 0));

    EXPECT_TRUE(checkpoints.load(task_of(0, 0)).empty());
}

TEST(Checkpoints, AreThereWhenTheyWereSavedBeforeOrByACopy) {
    const TemporaryFolder folder;
    Checkpoints(folder.path(), "origin").save(task_of(0, 0), state);
    const Checkpoints checkpoints(folder.path(), "origin");
    const Checkpoints copy = checkpoints;
    copy.save(task_of(0, 1), state);

    EXPECT_TRUE(checkpoints.has(task_of(0, 0)));
    EXPECT_TRUE(checkpoints.has(task_of(0, 1)));
    EXPECT_FALSE(checkpoints.has(task_of(0, 2)));
    EXPECT_EQ(checkpoints.load(task_of(0, 1)), state);
}

TEST(Checkpoints, OfAnotherOriginOrOtherRulesAreNotUsed) {
    const TemporaryFolder folder;
    Checkpoints(folder.path(), "one build").save(task_of(0, 0), state);
    Task other_rules = task_of(0, 0);
    other_rules.rule_list[0] = Rule::curl_descent;

    EXPECT_TRUE(Checkpoints(folder.path(), "another build").load(task_of(0, 0)).empty());
    EXPECT_TRUE(Checkpoints(folder.path(), "one build").load(other_rules).empty());
}

TEST(Checkpoints, ThatAreDamagedAnywhereAreNotUsed) {
    const TemporaryFolder folder;
    const Checkpoints checkpoints(folder.path(), "origin");
    checkpoints.save(task_of(0, 0), state);
    const auto file = folder.path() / "point-0-replicate-0";

    for (std::size_t k = 0; k < std::filesystem::file_size(file); ++k) {
        checkpoints.save(task_of(0, 0), state);
        {
            std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
            stream.seekg(static_cast<std::streamoff>(k));
            const int byte = stream.get();
            stream.seekp(static_cast<std::streamoff>(k));
            stream.put(static_cast<char>(byte ^ 1));
        }
        EXPECT_TRUE(checkpoints.load(task_of(0, 0)).empty()) << k;
        std::filesystem::resize_file(file, k);
        EXPECT_TRUE(checkpoints.load(task_of(0, 0)).empty()) << k;
    }
}

TEST(Checkpoints, SayWhyTheyCannotBeSaved) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "in the way";

    EXPECT_THROW(Checkpoints(folder.path() / "file", "origin").save(task_of(0, 0), state), StorageError);
}

}  // namespace
}  // namespace curldescent
