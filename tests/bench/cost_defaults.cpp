// Measures the default coefficients of the cost model and prints them in the order of src/experiment/cost_model.cpp, to
// be copied there when the inside of a core has changed:
//
//     build/release/cost_defaults    (on an idle machine; about half a minute)

#include <fmt/format.h>

#include <cmath>

#include "curldescent/experiment/calibration.hpp"

namespace curldescent {
namespace {

constexpr double seconds_per_experiment = 2.0;

// Every core, activation, way through the data and set-up, each at sizes that tell its features apart.
constexpr std::array<std::string_view, 7> experiments{
    R"([sweep]
"network.inputs" = [5, 20, 100, 300]
"network.hidden" = [10, 200]
"training.batch" = [1, 10, 50])",
    R"([network]
activation = "tanh"
[sweep]
"network.inputs" = [5, 20, 100, 300]
"network.hidden" = [10, 200]
"training.batch" = [1, 10, 50])",
    R"([network]
activation = "relu"
[sweep]
"network.inputs" = [5, 20, 100, 300]
"network.hidden" = [10, 200]
"network.outputs" = [1, 4]
"training.batch" = [1, 20])",
    R"([training]
batch = 0
[sweep]
"network.activation" = ["linear", "tanh"]
"network.inputs" = [10, 50, 200]
"training.samples" = [50, 250])",
    R"([training]
batch = 1
[network]
inputs = 2
hidden = 2
[sweep]
"training.samples" = [100, 10000]
"training.shuffle" = [true, false])",
    R"([training]
core = "plain"
[sweep]
"network.activation" = ["linear", "tanh"]
"network.inputs" = [5, 100]
"network.hidden" = [10, 200]
"training.batch" = [1, 20])",
    R"([initialization]
distribution = "normal"
[sweep]
"network.hidden" = [1000, 20000]
"network.inputs" = [5, 50])"};

void print_defaults() {
    std::vector<TimedWork> works;
    for (const std::string_view text : experiments) {
        const Experiment experiment = parse_experiment(text, "cost_defaults", {});
        for (const TimedWork& work : time_works(experiment, {}, seconds_per_experiment)) works.push_back(work);
    }
    const CostModel model = fit_cost_model(works, default_cost_model());
    for (int k = 0; k < cost_feature_count; ++k) {
        fmt::print("{:8.3g},  // {}\n", 1e9 * model.seconds.values[k], to_string(static_cast<CostFeature>(k)));
    }

    double sum = 0.0;
    double largest = 0.0;
    for (const TimedWork& work : works) {
        const double error = std::log(model.seconds.values.dot(work.features.values) / work.seconds);
        sum += error * error;
        largest = std::max(largest, std::abs(error));
    }
    fmt::print("{} works, off by a factor of {:.2f} typically, {:.2f} at most\n", works.size(),
               std::exp(std::sqrt(sum / static_cast<double>(works.size()))), std::exp(largest));
}

}  // namespace
}  // namespace curldescent

int main() {
    curldescent::print_defaults();
}
