#include "analysis_keys.hpp"

namespace curldescent {
namespace {

constexpr double most_neurons = 1e9;
constexpr double most_samples = 1e9;
constexpr double most_epochs = 1e12;
constexpr double largest_scale = 1e100;

void add_experiment_keys(KeyTable& table) {
    table.section("experiment");
    table
        .add(
            "name", KeyKind::text, "a title, stored with the results", [](auto& s) -> auto& { return s.name; })
        .sweepable = false;
    table
        .integer(
            "seed", {0, 0x1p63}, "the same seed gives the same results, on any number of ranks",
            [](auto& s) -> auto& { return s.seed; })
        .sweepable = false;
    table
        .integer(
            "replicates", {1, 1e6}, "independent repetitions (teacher, data, start) of every point",
            [](auto& s) -> auto& { return s.replicates; })
        .sweepable = false;
    Key& rules = table.add(
        "rules", KeyKind::choice_list, "the learning rules to compare, on the same replicates",
        [](auto& s) -> auto& { return s.rules; });
    rules.choices = enumeration_names<Rule>;
    rules.sweepable = false;
}

void add_network_keys(KeyTable& table) {
    table.section("network");
    absent(table.integer(
               "inputs", {1, most_neurons}, "M, the number of inputs", [](auto& s) -> auto& { return s.inputs; }),
           "20", "20");
    absent(table.integer(
               "hidden", {1, most_neurons}, "N, the number of hidden units", [](auto& s) -> auto& { return s.hidden; }),
           "200", "200");
    absent(table.integer(
               "total_neurons", {2, most_neurons},
               "instead of inputs and hidden, with ratio: M = int(total / (1 + 1 / ratio)), "
               "N = int(total / (1 + ratio))",
               [](auto& s) -> auto& { return s.total_neurons; }),
           "inputs and hidden hold", "220");
    absent(table.real(
               "ratio", {0, 1e9, true}, "c = M / N, with total_neurons", [](auto& s) -> auto& { return s.ratio; }),
           "inputs and hidden hold", "0.1");
    absent(table.integer(
               "teacher_hidden", {1, most_neurons}, "N_T, the number of hidden units of the teacher",
               [](auto& s) -> auto& { return s.teacher_hidden; }),
           "as many as the student's", "200");
    table.integer(
        "outputs", {1, most_neurons}, "O, the number of outputs",
        [](auto& s) -> auto& { return s.run.network.outputs; });
    table.choice<Activation>(
        "activation", "phi, of student and teacher", [](auto& s) -> auto& { return s.run.network.activation; });
    absent(table.choice<Activation>(
               "output_activation", "phi_out, through which the output passes",
               [](auto& s) -> auto& { return s.output_activation; }),
           "the same as activation", "\"linear\"");
}

void add_initialization_keys(KeyTable& table) {
    table.section("initialization");
    table.choice<Distribution>(
        "distribution", "uniform on +-s / sqrt(fan in), or normal with that standard deviation",
        [](auto& s) -> auto& { return s.run.initialization.distribution; });
    table.real(
        "student_scale", {0, largest_scale}, "s of the student's initial weights",
        [](auto& s) -> auto& { return s.run.initialization.student_scale; });
    table.real(
        "teacher_scale", {0, largest_scale}, "s of the teacher's weights",
        [](auto& s) -> auto& { return s.run.initialization.teacher_scale; });
    table.choice<Start>(
        "start", "the student starts at random weights, or on the solution manifold at the teacher",
        [](auto& s) -> auto& { return s.run.initialization.start; });
    table.real(
        "offset", {-largest_scale, largest_scale}, "with start = \"teacher\": added to every weight of one layer",
        [](auto& s) -> auto& { return s.run.initialization.offset; });
    table.choice<Layer>(
        "offset_layer", "the layer the offset is added to",
        [](auto& s) -> auto& { return s.run.initialization.offset_layer; });
    table.add(
        "rescale_teacher", KeyKind::boolean, "rescale the teacher to Frobenius norms sqrt(N_T) of W1 and 1 of W2",
        [](auto& s) -> auto& { return s.run.initialization.rescale_teacher; });
}

void add_plasticity_keys(KeyTable& table) {
    table.section("plasticity");
    absent(table.real(
               "hidden_flip_fraction", {0, 1},
               "alpha_h, the share of flipped neurons in D1 (hidden-layer plasticity); "
               "flips = int(fraction * neurons)",
               [](auto& s) -> auto& { return s.hidden_flip_fraction; }),
           "0.0", "0.1");
    absent(
        table.integer(
            "hidden_flips", {0, most_neurons}, "instead of hidden_flip_fraction: the number of flipped neurons in D1",
            [](auto& s) -> auto& { return s.hidden_flips; }),
        "hidden_flip_fraction holds", "2");
    absent(table.real(
               "readout_flip_fraction", {0, 1}, "alpha_r, the share of flipped neurons in D2 (readout plasticity)",
               [](auto& s) -> auto& { return s.readout_flip_fraction; }),
           "0.0", "0.1");
    absent(
        table.integer(
            "readout_flips", {0, most_neurons}, "instead of readout_flip_fraction: the number of flipped neurons in D2",
            [](auto& s) -> auto& { return s.readout_flips; }),
        "readout_flip_fraction holds", "1");
    table.real(
        "flipped_strength", {-1, 1},
        "the plasticity sign of a flipped neuron: -1 learns against the gradient, 0 not at all",
        [](auto& s) -> auto& { return s.run.plasticity.flipped_strength; });
    table.choice<FlipSide>(
        "side", "whether a synapse takes its sign from the neuron before it or behind it",
        [](auto& s) -> auto& { return s.run.plasticity.side; });
    table.add(
        "norm_constraint", KeyKind::boolean, "rescale both layers to their initial Frobenius norms after every update",
        [](auto& s) -> auto& { return s.run.plasticity.norm_constraint; });
    table.real(
        "feedback_scale", {0, largest_scale}, "s_B: random feedback is uniform on +-s_B / sqrt(N)",
        [](auto& s) -> auto& { return s.run.plasticity.feedback_scale; });
    table.choice<OutputDelta>(
        "output_delta", "the error itself, or times phi_out' (the true gradient of a non-linear output)",
        [](auto& s) -> auto& { return s.run.plasticity.output_delta; });
}

void add_training_keys(KeyTable& table) {
    table.section("training");
    table.integer(
        "samples", {1, most_samples}, "P, the number of training samples",
        [](auto& s) -> auto& { return s.run.training.samples; });
    table.integer(
        "test_samples", {0, most_samples}, "P_test, the number of test samples; with 0 there is no test loss",
        [](auto& s) -> auto& { return s.run.training.test_samples; });
    table.integer(
        "batch", {0, most_samples}, "B, the samples per update; 0 is the full batch",
        [](auto& s) -> auto& { return s.run.training.batch; });
    table.integer(
        "epochs", {1, most_epochs}, "passes through the training samples",
        [](auto& s) -> auto& { return s.run.training.epochs; });
    table.real(
        "learning_rate", {0, largest_scale, true}, "eta, per epoch; an update takes eta * batch / samples of it",
        [](auto& s) -> auto& { return s.run.training.learning_rate; });
    table.add(
        "shuffle", KeyKind::boolean, "visit the samples in a new order at each epoch",
        [](auto& s) -> auto& { return s.run.training.shuffle; });
    table.add(
        "stop_converged", KeyKind::boolean,
        "end a run whose training loss has fallen to rounding level and stays there; its last losses fill the rest of "
        "the curve",
        [](auto& s) -> auto& { return s.run.training.stop_converged; });
    table.add(
        "stop_diverged", KeyKind::boolean, "end a run whose weights have overflowed",
        [](auto& s) -> auto& { return s.run.training.stop_diverged; });
    table.choice<CoreKind>(
        "core", R"(the code that makes the updates: "plain" is the slow definition, to check "fast" against)",
        [](auto& s) -> auto& { return s.run.training.core; });
    table.add(
        "width_reduction", KeyKind::boolean,
        "train networks with linear hidden units at the smallest width that follows the same trajectory",
        [](auto& s) -> auto& { return s.run.training.width_reduction; });
    table.integer(
        "records", {1, 1e6}, "how many epochs are recorded beside the start; log-spaced ones may coincide",
        [](auto& s) -> auto& { return s.run.recording.records; });
    table.choice<RecordSpacing>(
        "record_spacing", "how recorded epochs are spread", [](auto& s) -> auto& { return s.run.recording.spacing; });
}

void add_data_keys(KeyTable& table) {
    table.section("data");
    table
        .add(
            "file", KeyKind::text,
            "an HDF5 file with data or weights of your own, \"\" for none; a relative path starts at the folder of "
            "this file. Any of inputs [samples x M], targets [samples x O], test_inputs, test_targets, "
            "student_hidden [N x M], student_readout [O x N], teacher_hidden, teacher_readout, feedback [N x O], "
            "each in place of the random one",
            [](auto& s) -> auto& { return s.data_file; })
        .sweepable = false;
}

}  // namespace

std::span<const Key> all_keys() {
    static const std::vector<Key> keys = [] {
        KeyTable table;
        add_experiment_keys(table);
        add_network_keys(table);
        add_initialization_keys(table);
        add_plasticity_keys(table);
        add_training_keys(table);
        add_data_keys(table);
        add_stability_keys(table);
        add_chaos_keys(table);
        add_curl_keys(table);
        return table.take();
    }();
    return keys;
}

}  // namespace curldescent
