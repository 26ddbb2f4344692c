// Makes what fuzzing starts from: fuzz_seeds FOLDER writes experiment/template.toml and experiment.dict, a results file
// with finished, diverged and failed runs and a short one of the same, and a file of data.

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/storage/provenance.hpp"
#include "curldescent/storage/results_file.hpp"

namespace curldescent {
namespace {

constexpr std::string_view small_experiment = R"([experiment]
replicates = 2
rules = ["gradient-descent", "curl-descent"]
[network]
inputs = 3
hidden = 4
[training]
records = 2
[sweep]
"plasticity.hidden_flips" = [0, 1]
)";

/// Words of experiment files, as a dictionary of the fuzzer.
void write_dictionary(const std::string& path) {
    std::ofstream file(path);
    for (const std::string_view word : {"linspace", "logspace", "zip", "[sweep]", "= {linspace = [0, 1, 3]}", "nan"}) {
        file << fmt::format("\"{}\"\n", word);
    }
    for (const Key& key : all_keys()) {
        file << fmt::format("\"[{}]\"\n\"{} = \"\n\"\\\"{}\\\" = \"\n", key.section, key.name, key.dotted());
        for (const std::string_view choice : key.choices) file << fmt::format("\"\\\"{}\\\"\"\n", choice);
    }
}

RunResult run_with(RunStatus status) {
    RunResult result;
    result.status = status;
    result.message = status == RunStatus::failed ? "no memory left" : "";
    result.train_loss = {1.0, 0.5, 0.25};
    result.test_loss = result.train_loss;
    return result;
}

/// Without statistics, which are all alike: a smaller file is read more often.
std::vector<Variable> small_layout(const Experiment& experiment) {
    std::vector<Variable> layout = scientific_layout(experiment);
    const std::vector statistic{Dimension::point, Dimension::rule};
    std::erase_if(layout, [&](const Variable& variable) { return variable.dimensions == statistic; });
    std::ranges::move(provenance_layout(make_provenance(experiment, "")), std::back_inserter(layout));
    return layout;
}

/// The first point has a run of each status; the second is pending.
void write_results(const std::string& path) {
    const Experiment experiment = parse_experiment(small_experiment, "seed.toml", {});
    create_results_file(path, small_layout(experiment), extents_of(experiment));
    ResultsFile results(path, MPI_COMM_WORLD);
    results.write_run({0, 0, 0}, run_with(RunStatus::done));
    results.write_run({0, 0, 1}, run_with(RunStatus::diverged));
    results.write_run({0, 1, 0}, run_with(RunStatus::failed));
    results.write_run({0, 1, 1}, run_with(RunStatus::done));
    results.close();
}

void write_part(const std::string& whole, const std::string& part) {
    std::filesystem::copy_file(whole, part, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(part, std::filesystem::file_size(whole) / 2);
}

void add_matrix(const hdf5::Handle& file, const char* name, const std::vector<hsize_t>& chunk) {
    const std::array<hsize_t, 2> shape{5, 3};
    const std::array<double, 15> values{1, 2, 3};
    const hdf5::Handle space = hdf5::own(H5Screate_simple(2, shape.data(), nullptr), H5Sclose, name);
    const hdf5::Handle creation = hdf5::own(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
    if (!chunk.empty()) hdf5::check(H5Pset_chunk(creation.id(), 2, chunk.data()), name);
    if (!chunk.empty()) hdf5::check(H5Pset_deflate(creation.id(), 4), name);
    const hdf5::Handle dataset =
        hdf5::own(H5Dcreate2(file.id(), name, H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                  H5Dclose, name);
    hdf5::check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
}

void write_data(const std::string& path) {
    hdf5::Handle file = hdf5::own(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, path);
    add_matrix(file, "inputs", {});
    add_matrix(file, "test_inputs", {2, 2});
    file.close(path);
}

void write_seeds(const std::string& folder) {
    for (const char* kind : {"experiment", "results_file", "data_file"}) {
        std::filesystem::create_directories(folder + "/" + kind);
    }
    write_dictionary(folder + "/experiment.dict");
    std::ofstream(folder + "/experiment/template.toml") << template_text();
    write_results(folder + "/results_file/whole.h5");
    write_part(folder + "/results_file/whole.h5", folder + "/results_file/half.h5");
    write_data(folder + "/data_file/whole.h5");
    write_part(folder + "/data_file/whole.h5", folder + "/data_file/half.h5");
}

}  // namespace
}  // namespace curldescent

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    MPI_Init(&argc, &argv);
    curldescent::hdf5::initialise();
    curldescent::write_seeds(argv[1]);
    MPI_Finalize();
    return 0;
}
