#include "curldescent/storage/results_file.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "run_row.hpp"
#include "value_types.hpp"

namespace curldescent {
namespace {

hdf5::Handle open_in_parallel(const std::string& path, MPI_Comm communicator) {
    const hdf5::Handle access = hdf5::own(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path);
    hdf5::check(H5Pset_fapl_mpio(access.id(), communicator, MPI_INFO_NULL), path);
    return hdf5::own(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), H5Fclose,
                     path +
                         ": cannot be opened with MPI-IO; the file system may lack support for parallel files "
                         "(choose another folder)");
}

hdf5::Block block_of(const RunIndex& run) {
    return {
        .first = {static_cast<hsize_t>(run.point), static_cast<hsize_t>(run.rule), static_cast<hsize_t>(run.replicate)},
        .extent = {1, 1, 1}};
}

/// All runs of some points.
hdf5::Block block_of(const PointRange& points, const Extents& extents) {
    return {.first = {static_cast<hsize_t>(points.first), 0, 0},
            .extent = {static_cast<hsize_t>(points.last - points.first), static_cast<hsize_t>(extents.rules),
                       static_cast<hsize_t>(extents.replicates)}};
}

/// All that a variable, whose first dimension is the point, has at some points.
hdf5::Block all_at(const PointRange& points, const hdf5::Handle& dataset) {
    hdf5::Block block{.first = {static_cast<hsize_t>(points.first)}, .extent = hdf5::extents(dataset)};
    if (block.extent.empty()) throw StorageError("a variable of the points has no dimension");
    block.first.resize(block.extent.size(), 0);
    block.extent.front() = static_cast<hsize_t>(points.last - points.first);
    return block;
}

/// The block of a variable of the runs, with its extra dimension where it has one.
hdf5::Block block_of(const RunIndex& run, const RunVariable& variable, const Extents& extents) {
    hdf5::Block block = block_of(run);
    if (variable.extra) {
        block.first.push_back(0);
        block.extent.push_back(static_cast<hsize_t>(extents.along(*variable.extra)));
    }
    return block;
}

std::int64_t length_of(const hdf5::Handle& scale) {
    return static_cast<std::int64_t>(hdf5::extents(scale).at(0));
}

template <class Value>
std::span<const std::byte> bytes_of(const Value& value) {
    return std::as_bytes(std::span(&value, 1));
}

}  // namespace

ResultsFile::ResultsFile(const std::string& path)
    : path_(path), file_(hdf5::open_for_reading(path)), file_size_(hdf5::size_of(file_, path)) {
    read_schema();
}

ResultsFile::ResultsFile(const std::string& path, MPI_Comm communicator)
    : path_(path), file_(open_in_parallel(path, communicator)), file_size_(hdf5::size_of(file_, path)) {
    read_schema();
}

void ResultsFile::read_schema() {
    try {
        for (const std::string_view name : enumeration_names<Dimension>) {
            const std::string scale(name);
            const Dimension dimension = from_string<Dimension>(name).value();
            const bool always = dimension <= Dimension::character;
            extents_.set(dimension, always || has(scale) ? length_of(dataset(scale)) : 0);
        }
    } catch (const std::exception&) {
        throw StorageError(path_ + ": is an HDF5 file, but not a results file of curldescent");
    }
    std::ranges::copy_if(all_run_variables(), std::back_inserter(run_variables_), [&](const RunVariable& variable) {
        return has(variable_path(std::string(variable.name), variable.group));
    });
    check_shapes();
}

void ResultsFile::check_shapes() {
    const hdf5::Block runs = block_of(PointRange{0, extents_.points}, extents_);
    const auto check = [&](const std::string& name, const std::optional<Dimension>& extra) {
        std::vector<hsize_t> lengths = runs.extent;
        if (extra) lengths.push_back(static_cast<hsize_t>(extents_.along(*extra)));
        if (std::ranges::find(lengths, hsize_t{0}) == lengths.end() && hdf5::extents(dataset(name)) == lengths) return;
        throw StorageError(path_ + ": " + name + " has not the dimensions of the file's runs");
    };
    check("status", {});
    check("checksum", {});
    for (const RunVariable& variable : run_variables_) {
        check(variable_path(std::string(variable.name), variable.group), variable.extra);
    }
}

bool ResultsFile::has(const std::string& name) const {
    const htri_t found = H5Lexists(file_.id(), name.c_str(), H5P_DEFAULT);
    if (found < 0) throw StorageError(path_ + ": cannot be searched for " + name);
    return found > 0;
}

hdf5::Handle& ResultsFile::dataset(const std::string& name) {
    const auto found = datasets_.find(name);
    if (found != datasets_.end()) return found->second;
    return datasets_.emplace(name, hdf5::open_results(file_, file_size_, name, path_ + ": " + name)).first->second;
}

void ResultsFile::write_run(const RunIndex& run, const RunResult& result) {
    std::vector<std::vector<std::byte>> row;
    for (const RunVariable& variable : run_variables_) {
        const hdf5::Block block = block_of(run, variable, extents_);
        std::vector<std::byte> bytes = stored_bytes(variable, result, block.size());
        const std::string name = variable_path(std::string(variable.name), variable.group);
        hdf5::write_block(dataset(name), hdf5_type(value_type(variable)).id(), block, bytes, path_ + ": " + name);
        if (variable.group == Group::root) row.push_back(std::move(bytes));
    }
    const std::uint64_t checksum = row_checksum(run, result.status, row);
    hdf5::write_block(dataset("checksum"), H5T_NATIVE_UINT64, block_of(run), bytes_of(checksum), path_ + ": checksum");
    hdf5::write_block(dataset("status"), H5T_NATIVE_UINT8, block_of(run), bytes_of(result.status), path_ + ": status");
}

void ResultsFile::write_statistic(const std::string& variable, const PointRange& points,
                                  std::span<const double> values) {
    const hdf5::Block block = all_at(points, dataset(variable));
    hdf5::write_block(dataset(variable), H5T_NATIVE_DOUBLE, block, std::as_bytes(values), path_ + ": " + variable);
}

void ResultsFile::write_provenance(const std::string& variable, double value) {
    const std::string name = variable_path(variable, Group::provenance);
    hdf5::write_block(dataset(name), H5T_NATIVE_DOUBLE, {}, bytes_of(value), path_ + ": " + name);
}

std::vector<RunStatus> ResultsFile::read_status(std::int64_t point) {
    const hdf5::Block block = block_of({point, point + 1}, extents_);
    std::vector<RunStatus> status(block.size());
    hdf5::read_block(dataset("status"), H5T_NATIVE_UINT8, block, std::as_writable_bytes(std::span(status)),
                     path_ + ": status");
    return status;
}

std::vector<bool> ResultsFile::read_intact(std::int64_t point) {
    const std::vector<RunStatus> status = read_status(point);
    const hdf5::Block runs = block_of({point, point + 1}, extents_);
    std::vector<std::uint64_t> checksums(status.size());
    hdf5::read_block(dataset("checksum"), H5T_NATIVE_UINT64, runs, std::as_writable_bytes(std::span(checksums)),
                     path_ + ": checksum");

    std::vector<std::vector<std::byte>> values;  // of each variable, all runs of the point
    for (const RunVariable& variable : run_variables_) {
        if (variable.group != Group::root) continue;
        hdf5::Block block = runs;
        if (variable.extra) {
            block.first.push_back(0);
            block.extent.push_back(static_cast<hsize_t>(extents_.along(*variable.extra)));
        }
        const std::string name(variable.name);
        auto& bytes = values.emplace_back(block.size() * value_size(value_type(variable)));
        hdf5::read_block(dataset(name), hdf5_type(value_type(variable)).id(), block, bytes, path_ + ": " + name);
    }

    std::vector<bool> intact(status.size());
    for (std::size_t k = 0; k < status.size(); ++k) {
        std::vector<std::vector<std::byte>> row;
        for (const auto& bytes : values) {
            const std::size_t size = bytes.size() / status.size();
            const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(k * size);
            row.emplace_back(first, first + static_cast<std::ptrdiff_t>(size));
        }
        const auto rule = static_cast<std::int64_t>(k) / extents_.replicates;
        const auto replicate = static_cast<std::int64_t>(k) % extents_.replicates;
        intact[k] =
            status[k] != RunStatus::pending && row_checksum({point, rule, replicate}, status[k], row) == checksums[k];
    }
    return intact;
}

std::vector<double> ResultsFile::read_at(const std::string& variable, const PointRange& points) {
    const hdf5::Block block = all_at(points, dataset(variable));
    std::vector<double> values(block.size());
    hdf5::read_block(dataset(variable), H5T_NATIVE_DOUBLE, block, std::as_writable_bytes(std::span(values)),
                     path_ + ": " + variable);
    return values;
}

std::string ResultsFile::read_message(const RunIndex& run) {
    hdf5::Block block = block_of(run);
    block.first.push_back(0);
    block.extent.push_back(static_cast<hsize_t>(extents_.characters));
    std::string text(static_cast<std::size_t>(extents_.characters), '\0');
    hdf5::read_block(dataset("message"), hdf5_type(ValueType::character).id(), block,
                     std::as_writable_bytes(std::span(text)), path_ + ": message");
    return text.substr(0, text.find('\0'));
}

std::string ResultsFile::read_provenance_text(const std::string& variable) {
    const std::string name = variable_path(variable, Group::provenance);
    char* text = nullptr;
    hdf5::read_block(dataset(name), hdf5_type(ValueType::text).id(), {}, std::as_writable_bytes(std::span(&text, 1)),
                     path_ + ": " + name);
    std::string copy = text == nullptr ? "" : text;
    H5free_memory(text);
    return copy;
}

double ResultsFile::read_provenance_number(const std::string& variable) {
    const std::string name = variable_path(variable, Group::provenance);
    double value = 0.0;
    hdf5::read_block(dataset(name), H5T_NATIVE_DOUBLE, {}, std::as_writable_bytes(std::span(&value, 1)),
                     path_ + ": " + name);
    return value;
}

Experiment ResultsFile::read_experiment() {
    Experiment experiment = parse_experiment(read_provenance_text("settings"), path_, {});
    if (extents_of(experiment) != extents_) {
        throw StorageError(path_ + ": has other dimensions than its settings say; do not use it");
    }
    return experiment;
}

std::vector<std::string> ResultsFile::read_rules() {
    std::vector<char*> texts(static_cast<std::size_t>(extents_.rules), nullptr);
    hdf5::read_block(dataset("rule"), hdf5_type(ValueType::text).id(),
                     {.first = {0}, .extent = {static_cast<hsize_t>(extents_.rules)}},
                     std::as_writable_bytes(std::span(texts)), path_ + ": rule");
    std::vector<std::string> names;
    for (char* text : texts) {
        names.emplace_back(text == nullptr ? "" : text);
        H5free_memory(text);
    }
    return names;
}

void ResultsFile::flush() {
    hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), path_ + ": cannot be flushed");
}

void ResultsFile::close() {
    datasets_.clear();
    file_.close(path_ + ": cannot be closed");
}

}  // namespace curldescent
