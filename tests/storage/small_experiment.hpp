#pragma once

#include "curldescent/experiment/experiment.hpp"

namespace curldescent {

/// 2 activations x 3 fractions, 2 rules, 4 replicates; epochs 1, 10, 100 recorded beside the start.
inline Experiment small_experiment() {
    constexpr auto text = R"(
[experiment]
name = "small"
replicates = 4
rules = ["curl-descent", "gradient-descent"]
[network]
inputs = 5
hidden = 8
[training]
samples = 10
test_samples = 5
batch = 5
epochs = 100
records = 3
[sweep]
"network.activation" = ["linear", "tanh"]
"plasticity.hidden_flip_fraction" = [0.0, 0.5, 1.0]
)";
    return parse_experiment(text, "small.toml", {});
}

}  // namespace curldescent
