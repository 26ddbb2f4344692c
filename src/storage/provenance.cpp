#include "curldescent/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <Eigen/Core>
#include <boost/version.hpp>
#include <chrono>
#include <fstream>

#include "curldescent/storage/hdf5.hpp"
#include "version.hpp"

namespace curldescent {
namespace {

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

Provenance make_provenance(const Experiment& experiment, const std::string& data_checksum) {
    Provenance provenance;
    provenance.experiment_file = experiment.source;
    provenance.experiment_text = experiment.text;
    provenance.overrides = fmt::format("{}", fmt::join(experiment.overrides, "\n"));
    provenance.settings = resolved_text(experiment);
    provenance.data_checksum = data_checksum;
    provenance.version = build_version;
    provenance.git_commit = build_commit;
    provenance.compiler = build_compiler;
    provenance.libraries = libraries_text();
    provenance.cpu = cpu_text();
    provenance.instruction_set = CURLDESCENT_INSTRUCTION_SET;
    provenance.start_time = seconds_since_1970();
    return provenance;
}

std::string build_commit_text() {
    return build_commit;
}

double seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

std::string version_text() {
    return fmt::format("curldescent {} ({})", build_version, build_commit);
}

std::vector<Variable> provenance_layout(const Provenance& provenance) {
    const auto text = [](std::string name, const std::string& value, std::string description) {
        return Variable{.name = std::move(name),
                        .dimensions = {},
                        .type = ValueType::text,
                        .units = "",
                        .description = std::move(description),
                        .content = std::vector<std::string>{value},
                        .group = Group::provenance};
    };
    const auto number = [](std::string name, Content value, std::string units, std::string description) {
        return Variable{.name = std::move(name),
                        .dimensions = {},
                        .type = ValueType::real64,
                        .units = std::move(units),
                        .description = std::move(description),
                        .content = std::move(value),
                        .group = Group::provenance};
    };
    constexpr auto since_1970 = "seconds since 1970-01-01";
    return {
        text("experiment_file", provenance.experiment_file, "path of the experiment file"),
        text("experiment_text", provenance.experiment_text, "the experiment file as written"),
        text("overrides", provenance.overrides, "the --set arguments"),
        text("settings", provenance.settings, "every key and axis with its value, as TOML"),
        text("data_checksum", provenance.data_checksum, "XXH3 of the supplied data"),
        text("version", provenance.version, "version of curldescent"),
        text("git_commit", provenance.git_commit, "commit it was built from"),
        text("compiler", provenance.compiler, "compiler and flags"),
        text("libraries", provenance.libraries, "libraries and their versions"),
        text("cpu", provenance.cpu, "CPU of rank 0"),
        text("instruction_set", provenance.instruction_set,
             "processor family and extensions the program was built for"),
        text("hosts", provenance.hosts, "host of each rank, one a line"),
        number("ranks", std::vector<double>{provenance.ranks}, "1", "number of MPI ranks that began the file"),
        number("start_time", std::vector<double>{provenance.start_time}, since_1970, "when the file was made"),
        number("end_time", std::monostate{}, since_1970, "when the last statistics were written"),
    };
}

}  // namespace curldescent
