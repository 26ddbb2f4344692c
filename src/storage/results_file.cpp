#include "curldescent/storage/results_file.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "run_row.hpp"
#include "texts.hpp"
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
    : path_(path), file_(hdf5::open_for_reading(path)), identity_(path), file_size_(hdf5::size_of(file_, path)) {
    read_schema();
}

ResultsFile::ResultsFile(const std::string& path, MPI_Comm communicator)
    : path_(path),
      file_(open_in_parallel(path, communicator)),
      identity_(path),
      file_size_(hdf5::size_of(file_, path)) {
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
    const auto check = [&](const std::string& name, const std::optional<Dimension>& extra) {
        std::vector<hsize_t> lengths{static_cast<hsize_t>(extents_.points), static_cast<hsize_t>(extents_.rules),
                                     static_cast<hsize_t>(extents_.replicates)};
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
    const auto write = [&](const std::string& name, hid_t type, const hdf5::Block& block, auto bytes) {
        hdf5::write_block(dataset(name), type, block, bytes, path_ + ": " + name);
    };
    StoredRow values;
    StoredRow times;
    for (const RunVariable& variable : run_variables_) {
        const hdf5::Block block = block_of(run, variable, extents_);
        std::vector<std::byte> bytes = stored_bytes(variable, result, block.size());
        write(variable_path(std::string(variable.name), variable.group), hdf5_type(value_type(variable)).id(), block,
              std::span<const std::byte>(bytes));
        (variable.group == Group::root ? values : times).push_back(std::move(bytes));
    }
    if (has(times_checksum)) {  // a file of an older build has none
        write(times_checksum, H5T_NATIVE_UINT64, block_of(run),
              bytes_of(row_checksum(run, status_of_times, row_of(times, 0, 1))));
    }
    write("checksum", H5T_NATIVE_UINT64, block_of(run),
          bytes_of(row_checksum(run, result.status, row_of(values, 0, 1))));
    write("status", H5T_NATIVE_UINT8, block_of(run), bytes_of(result.status));
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

std::vector<RunStatus> ResultsFile::read_status(const PointRange& points) {
    const hdf5::Block block = runs_of(points, extents_);
    std::vector<RunStatus> status(block.size());
    hdf5::read_block(dataset("status"), H5T_NATIVE_UINT8, block, std::as_writable_bytes(std::span(status)),
                     path_ + ": status");
    return status;
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
    return read_texts(dataset(name), {}, path_ + ": " + name).front();
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
    return read_texts(dataset("rule"), {.first = {0}, .extent = {static_cast<hsize_t>(extents_.rules)}},
                      path_ + ": rule");
}

void ResultsFile::flush() {
    hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), path_ + ": cannot be flushed");
}

void ResultsFile::close() {
    datasets_.clear();
    file_.close(path_ + ": cannot be closed");
}

}  // namespace curldescent
