#include "curldescent/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <boost/version.hpp>
#include <chrono>
#include <fstream>

#include "curldescent/storage/hdf5.hpp"
#include "curldescent/storage/results_file.hpp"
#include "hash.hpp"
#include "value_types.hpp"
#include "version.hpp"

namespace curldescent {
namespace {

/// A text of the group.
struct StoredText {
    std::string_view name;
    std::string Provenance::*member;
    std::string_view description;
};

constexpr std::array stored_texts{
    StoredText{"experiment_file", &Provenance::experiment_file, "path of the experiment file"},
    StoredText{"experiment_text", &Provenance::experiment_text, "the experiment file as written"},
    StoredText{"overrides", &Provenance::overrides, "the --set arguments"},
    StoredText{"settings", &Provenance::settings, "every key and axis with its value, as TOML"},
    StoredText{"data_checksum", &Provenance::data_checksum, "XXH3 of the supplied data"},
    StoredText{"version", &Provenance::version, "version of curldescent"},
    StoredText{"git_commit", &Provenance::git_commit, "commit it was built from"},
    StoredText{"compiler", &Provenance::compiler, "compiler and flags"},
    StoredText{"libraries", &Provenance::libraries, "libraries and their versions"},
    StoredText{"cpu", &Provenance::cpu, "CPU of rank 0"},
    StoredText{"instruction_set", &Provenance::instruction_set,
               "processor family and extensions the program was built for"},
    StoredText{"shard", &Provenance::shard, "share of the tasks that the file was begun for, i/N; 1/1: all"},
    StoredText{"hosts", &Provenance::hosts, "host of each rank, one a line"},
};
constexpr std::string_view checksum_name = "checksum";

Variable text_variable(std::string_view name, const std::string& value, std::string_view description) {
    return {.name = std::string(name),
            .dimensions = {},
            .type = ValueType::text,
            .units = "",
            .description = std::string(description),
            .content = std::vector<std::string>{value},
            .group = Group::provenance};
}

bool is_stored(const ResultsFile& results, std::string_view name) {
    return results.has(variable_path(std::string(name), Group::provenance));
}

/// The checksum over those texts that a file has, and the numbers that are known when it is made.
template <class IsStored>
std::string checksum(const Provenance& provenance, IsStored is_there) {
    Hash hash;
    for (const auto& [name, member, description] : stored_texts) {
        if (!is_there(name)) continue;
        hash.add(name);
        hash.add(std::string_view(provenance.*member));
    }
    hash.add(std::as_bytes(std::span(&provenance.ranks, 1)));
    hash.add(std::as_bytes(std::span(&provenance.start_time, 1)));
    return hash.hexadecimal();
}

std::string libraries_text() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    hdf5::check(H5get_libversion(&major, &minor, &release), "HDF5 version");
    std::string mpi(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
    int length = 0;
    MPI_Get_library_version(mpi.data(), &length);
    mpi.resize(static_cast<std::size_t>(length));
    return fmt::format("{}; HDF5 {}.{}.{}; Boost {}; Eigen {}.{}.{}; fmt {}", mpi.substr(0, mpi.find(',')), major,
                       minor, release, BOOST_LIB_VERSION, EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION,
                       FMT_VERSION);
}

std::string cpu_text() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

}  // namespace

Provenance this_build() {
    Provenance provenance;
    provenance.version = build_version;
    provenance.git_commit = build_commit;
    provenance.compiler = build_compiler;
    provenance.libraries = libraries_text();
    provenance.instruction_set = CURLDESCENT_INSTRUCTION_SET;
    return provenance;
}

std::vector<KeyDifference> differing_builds(const Provenance& stored, const Provenance& given) {
    constexpr std::array texts_of_builds{&Provenance::version, &Provenance::git_commit, &Provenance::compiler,
                                         &Provenance::libraries, &Provenance::instruction_set};
    std::vector<KeyDifference> differences;
    for (const auto& [name, member, description] : stored_texts) {
        if (std::ranges::find(texts_of_builds, member) == texts_of_builds.end()) continue;
        if (stored.*member != given.*member) {
            differences.push_back({std::string(name), stored.*member, given.*member});
        }
    }
    return differences;
}

Provenance make_provenance(const Experiment& experiment, const std::string& data_checksum) {
    Provenance provenance = this_build();
    provenance.experiment_file = experiment.source;
    provenance.experiment_text = experiment.text;
    provenance.overrides = fmt::format("{}", fmt::join(experiment.overrides, "\n"));
    provenance.settings = resolved_text(experiment);
    provenance.data_checksum = data_checksum;
    provenance.cpu = cpu_text();
    provenance.start_time = seconds_since_1970();
    return provenance;
}

std::string program_checksum() {
    Hash hash;
    std::ifstream program("/proc/self/exe", std::ios::binary);
    for (std::vector<char> bytes(std::size_t{1} << 20); program;) {
        program.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        hash.add(std::as_bytes(std::span(bytes).first(static_cast<std::size_t>(program.gcount()))));
    }
    return hash.hexadecimal();
}

double seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

std::string version_text() {
    return fmt::format("curldescent {} ({})", build_version, build_commit);
}

std::vector<Variable> provenance_layout(const Provenance& provenance) {
    std::vector<Variable> variables;
    for (const auto& [name, member, description] : stored_texts) {
        variables.push_back(text_variable(name, provenance.*member, description));
    }
    const auto every_text = [](std::string_view /*name*/) { return true; };
    variables.push_back(text_variable(checksum_name, checksum(provenance, every_text), "XXH3 of all but the end"));
    constexpr auto since_1970 = "seconds since 1970-01-01";
    const auto number = [&](std::string name, Content value, std::string units, std::string description) {
        variables.push_back({.name = std::move(name),
                             .dimensions = {},
                             .type = ValueType::real64,
                             .units = std::move(units),
                             .description = std::move(description),
                             .content = std::move(value),
                             .group = Group::provenance});
    };
    number("ranks", std::vector<double>{provenance.ranks}, "1", "number of MPI ranks that began the file");
    number("start_time", std::vector<double>{provenance.start_time}, since_1970, "when the file was begun");
    number("end_time", std::monostate{}, since_1970, "when statistics over all rows were written; missing before that");
    return variables;
}

Provenance read_provenance(ResultsFile& results) {
    Provenance provenance;
    for (const auto& [name, member, description] : stored_texts) {
        if (is_stored(results, name)) provenance.*member = results.read_provenance_text(std::string(name));
    }
    provenance.ranks = results.read_provenance_number("ranks");
    provenance.start_time = results.read_provenance_number("start_time");
    return provenance;
}

Integrity provenance_integrity(ResultsFile& results) {
    if (!is_stored(results, checksum_name)) return Integrity::unknown;
    const auto stored = [&](std::string_view name) { return is_stored(results, name); };
    const bool intact =
        checksum(read_provenance(results), stored) == results.read_provenance_text(std::string(checksum_name));
    return intact ? Integrity::intact : Integrity::damaged;
}

bool is_of_this_build(ResultsFile& results) {
    return differing_builds(read_provenance(results), this_build()).empty();
}

}  // namespace curldescent
