#include "curldescent/storage/checkpoints.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/partial_file.hpp"
#include "hash.hpp"
#include "version.hpp"

namespace curldescent {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path) {
    throw StorageError(fmt::format("{}: the state of a task cannot be saved: {}", path.string(), std::strerror(errno)));
}

/// Writes all bytes and sees them on disk.
void write_durably(const fs::path& path, std::span<const std::byte> bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) fail(path);
    bool written = true;
    while (written && !bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        written = count > 0;
        if (written) bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    written = written && ::fsync(file) == 0;
    const int error = errno;
    ::close(file);
    if (written) return;
    std::error_code ignored;
    fs::remove(path, ignored);
    errno = error;
    fail(path);
}

std::string name_of(const Task& task) {
    return fmt::format("point-{}-replicate-{}", task.point, task.replicate);
}

}  // namespace

std::string checkpoint_origin(const Experiment& experiment, const std::string& data_checksum) {
    Experiment same = experiment;
    same.settings.name.clear();
    same.settings.replicates = 1;
    return fmt::format("{}\n{}\n{}\n{}\n{}", build_commit, build_compiler, CURLDESCENT_INSTRUCTION_SET, data_checksum,
                       resolved_text(same));
}

Checkpoints::Checkpoints(fs::path folder, std::string origin) : folder_(std::move(folder)), origin_(std::move(origin)) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored)) {
        there_->names.insert(entry.path().filename().string());
    }
}

fs::path Checkpoints::path(const Task& task) const {
    return folder_ / name_of(task);
}

std::uint64_t Checkpoints::checksum(const Task& task, std::span<const std::byte> state) const {
    Hash hash;
    hash.add(std::string_view(origin_));
    hash.add(std::as_bytes(std::span(&task.point, 1)));
    hash.add(std::as_bytes(std::span(&task.replicate, 1)));
    hash.add(std::as_bytes(task.rules()));
    hash.add(state);
    return hash.lower();
}

void Checkpoints::save(const Task& task, std::span<const std::byte> state) const {
    const std::uint64_t sum = checksum(task, state);
    const auto head = std::as_bytes(std::span(&sum, 1));
    std::vector<std::byte> bytes(head.begin(), head.end());
    bytes.insert(bytes.end(), state.begin(), state.end());

    const fs::path file = path(task);
    fs::path fresh = file;
    fresh += ".new";
    std::error_code error;
    fs::create_directories(folder_, error);
    write_durably(fresh, bytes);
    fs::rename(fresh, file, error);
    if (error)
        throw StorageError(fmt::format("{}: the state of a task cannot be saved: {}", file.string(), error.message()));
    sync_to_disk(folder_.string());
    const std::lock_guard lock(there_->mutex);
    there_->names.insert(name_of(task));
}

std::vector<std::byte> Checkpoints::load(const Task& task) const {
    if (!has(task)) return {};
    std::ifstream stream(path(task), std::ios::binary);
    const std::vector<char> characters{std::istreambuf_iterator<char>(stream), {}};
    const auto bytes = std::as_bytes(std::span(characters));
    std::uint64_t sum = 0;
    if (bytes.size() <= sizeof(sum)) return {};
    std::memcpy(&sum, bytes.data(), sizeof(sum));
    const auto state = bytes.subspan(sizeof(sum));
    if (checksum(task, state) != sum) return {};
    return {state.begin(), state.end()};
}

bool Checkpoints::has(const Task& task) const {
    const std::lock_guard lock(there_->mutex);
    return there_->names.contains(name_of(task));
}

void Checkpoints::remove(const Task& task) const {
    std::error_code ignored;
    fs::remove(path(task), ignored);
    const std::lock_guard lock(there_->mutex);
    there_->names.erase(name_of(task));
}

}  // namespace curldescent
