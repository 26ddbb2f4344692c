#include <type_traits>

#include "curldescent/experiment/keys.hpp"

namespace curldescent {
namespace {

// Conversions between a member of Settings and a KeyValue, one pair per kind of member.

std::optional<KeyValue> to_value(bool value) {
    return value;
}
std::optional<KeyValue> to_value(std::int64_t value) {
    return value;
}
std::optional<KeyValue> to_value(double value) {
    return value;
}
std::optional<KeyValue> to_value(const std::string& value) {
    return value;
}

template <class Enum>
requires std::is_enum_v<Enum> std::optional<KeyValue> to_value(Enum value) {
    return std::string(to_string(value));
}

template <class Value>
std::optional<KeyValue> to_value(const std::optional<Value>& value) {
    return value ? to_value(*value) : std::nullopt;
}

std::optional<KeyValue> to_value(const std::vector<Rule>& rules) {
    std::vector<std::string> names;
    for (const Rule rule : rules) names.emplace_back(to_string(rule));
    return names;
}

template <class Member>
void assign(Member& member, const KeyValue& value) {
    if constexpr (std::is_enum_v<Member>) {
        member = from_string<Member>(std::get<std::string>(value)).value();
    } else {
        member = std::get<Member>(value);
    }
}

template <class Value>
void assign(std::optional<Value>& member, const KeyValue& value) {
    assign(member.emplace(), value);
}

void assign(std::vector<Rule>& member, const KeyValue& value) {
    member.clear();
    for (const std::string& name : std::get<std::vector<std::string>>(value)) {
        member.push_back(from_string<Rule>(name).value());
    }
}

struct Range {
    double minimum;
    double maximum;
    bool above_minimum = false;
};

/// Collects keys. `access` is a generic lambda that names the key's member in Settings, const or not.
class KeyTable {
  public:
    void section(std::string_view name) { section_ = name; }

    template <class Access>
    Key& add(std::string_view name, KeyKind kind, Access access, std::string_view meaning) {
        Key& key = keys_.emplace_back();
        key.section = section_;
        key.name = name;
        key.kind = kind;
        key.meaning = meaning;
        key.get = [access](const Settings& settings) { return to_value(access(settings)); };
        key.set = [access](Settings& settings, const KeyValue& value) { assign(access(settings), value); };
        return key;
    }

    template <class Access>
    Key& number(std::string_view name, KeyKind kind, Range range, Access access, std::string_view meaning) {
        Key& key = add(name, kind, access, meaning);
        key.minimum = range.minimum;
        key.maximum = range.maximum;
        key.above_minimum = range.above_minimum;
        return key;
    }

    template <class Access>
    Key& integer(std::string_view name, Range range, Access access, std::string_view meaning) {
        return number(name, KeyKind::integer, range, access, meaning);
    }

    template <class Access>
    Key& real(std::string_view name, Range range, Access access, std::string_view meaning) {
        return number(name, KeyKind::real, range, access, meaning);
    }

    template <class Enum, class Access>
    Key& choice(std::string_view name, Access access, std::string_view meaning) {
        Key& key = add(name, KeyKind::choice, access, meaning);
        key.choices = enumeration_names<Enum>;
        return key;
    }

    std::vector<Key> take() { return std::move(keys_); }

  private:
    std::string_view section_;
    std::vector<Key> keys_;
};

void absent(Key& key, std::string_view when_absent, std::string_view example) {
    key.when_absent = when_absent;
    key.example = example;
}

constexpr double most_neurons = 1e9;
constexpr double most_samples = 1e9;
constexpr double most_epochs = 1e12;
constexpr double largest_scale = 1e100;

void add_experiment_keys(KeyTable& table) {
    table.section("experiment");
    table
        .add(
            "name", KeyKind::text, [](auto& s) -> auto& { return s.name; }, "a title, stored with the results")
        .sweepable = false;
    table
        .integer(
            "seed", {0, 0x1p63}, [](auto& s) -> auto& { return s.seed; },
            "the same seed gives the same results, on any number of ranks")
        .sweepable = false;
    table
        .integer(
            "replicates", {1, 1e9}, [](auto& s) -> auto& { return s.replicates; },
            "independent repetitions (teacher, data, start) of every point")
        .sweepable = false;
    Key& rules = table.add(
        "rules", KeyKind::choice_list, [](auto& s) -> auto& { return s.rules; },
        "the learning rules to compare, on the same replicates");
    rules.choices = enumeration_names<Rule>;
    rules.sweepable = false;
}

void add_network_keys(KeyTable& table) {
    table.section("network");
    absent(table.integer(
               "inputs", {1, most_neurons}, [](auto& s) -> auto& { return s.inputs; }, "M, the number of inputs"),
           "20", "20");
    absent(table.integer(
               "hidden", {1, most_neurons}, [](auto& s) -> auto& { return s.hidden; }, "N, the number of hidden units"),
           "200", "200");
    absent(table.integer(
               "total_neurons", {2, most_neurons}, [](auto& s) -> auto& { return s.total_neurons; },
               "instead of inputs and hidden, with ratio: M = int(total / (1 + 1 / ratio)), "
               "N = int(total / (1 + ratio))"),
           "inputs and hidden hold", "220");
    absent(table.real(
               "ratio", {0, 1e9, true}, [](auto& s) -> auto& { return s.ratio; }, "c = M / N, with total_neurons"),
           "inputs and hidden hold", "0.1");
    absent(table.integer(
               "teacher_hidden", {1, most_neurons}, [](auto& s) -> auto& { return s.teacher_hidden; },
               "N_T, the number of hidden units of the teacher"),
           "as many as the student's", "200");
    table.integer(
        "outputs", {1, most_neurons}, [](auto& s) -> auto& { return s.run.network.outputs; },
        "O, the number of outputs");
    table.choice<Activation>(
        "activation", [](auto& s) -> auto& { return s.run.network.activation; }, "phi, of student and teacher");
    absent(table.choice<Activation>(
               "output_activation", [](auto& s) -> auto& { return s.output_activation; },
               "phi_out, through which the output passes"),
           "the same as activation", "\"linear\"");
}

void add_initialization_keys(KeyTable& table) {
    table.section("initialization");
    table.choice<Distribution>(
        "distribution", [](auto& s) -> auto& { return s.run.initialization.distribution; },
        "uniform on +-s / sqrt(fan in), or normal with that standard deviation");
    table.real(
        "student_scale", {0, largest_scale}, [](auto& s) -> auto& { return s.run.initialization.student_scale; },
        "s of the student's initial weights");
    table.real(
        "teacher_scale", {0, largest_scale}, [](auto& s) -> auto& { return s.run.initialization.teacher_scale; },
        "s of the teacher's weights");
    table.choice<Start>(
        "start", [](auto& s) -> auto& { return s.run.initialization.start; },
        "the student starts at random weights, or on the solution manifold at the teacher");
    table.real(
        "offset", {-largest_scale, largest_scale}, [](auto& s) -> auto& { return s.run.initialization.offset; },
        "with start = \"teacher\": added to every weight of one layer");
    table.choice<Layer>(
        "offset_layer", [](auto& s) -> auto& { return s.run.initialization.offset_layer; },
        "the layer the offset is added to");
    table.add(
        "rescale_teacher", KeyKind::boolean, [](auto& s) -> auto& { return s.run.initialization.rescale_teacher; },
        "rescale the teacher to Frobenius norms sqrt(N_T) of W1 and 1 of W2");
}

void add_plasticity_keys(KeyTable& table) {
    table.section("plasticity");
    absent(table.real(
               "hidden_flip_fraction", {0, 1}, [](auto& s) -> auto& { return s.hidden_flip_fraction; },
               "alpha_h, the share of flipped neurons in D1 (hidden-layer plasticity); "
               "flips = int(fraction * neurons)"),
           "0.0", "0.1");
    absent(table.integer(
               "hidden_flips", {0, most_neurons}, [](auto& s) -> auto& { return s.hidden_flips; },
               "instead of hidden_flip_fraction: the number of flipped neurons in D1"),
           "hidden_flip_fraction holds", "2");
    absent(table.real(
               "readout_flip_fraction", {0, 1}, [](auto& s) -> auto& { return s.readout_flip_fraction; },
               "alpha_r, the share of flipped neurons in D2 (readout plasticity)"),
           "0.0", "0.1");
    absent(table.integer(
               "readout_flips", {0, most_neurons}, [](auto& s) -> auto& { return s.readout_flips; },
               "instead of readout_flip_fraction: the number of flipped neurons in D2"),
           "readout_flip_fraction holds", "1");
    table.real(
        "flipped_strength", {-1, 1}, [](auto& s) -> auto& { return s.run.plasticity.flipped_strength; },
        "the plasticity sign of a flipped neuron: -1 learns against the gradient, 0 not at all");
    table.choice<FlipSide>(
        "side", [](auto& s) -> auto& { return s.run.plasticity.side; },
        "whether a synapse takes its sign from the neuron before it or behind it");
    table.add(
        "norm_constraint", KeyKind::boolean, [](auto& s) -> auto& { return s.run.plasticity.norm_constraint; },
        "rescale both layers to their initial Frobenius norms after every update");
    table.real(
        "feedback_scale", {0, largest_scale}, [](auto& s) -> auto& { return s.run.plasticity.feedback_scale; },
        "s_B: random feedback is uniform on +-s_B / sqrt(N)");
    table.choice<OutputDelta>(
        "output_delta", [](auto& s) -> auto& { return s.run.plasticity.output_delta; },
        "the error itself, or times phi_out' (the true gradient of a non-linear output)");
}

void add_training_keys(KeyTable& table) {
    table.section("training");
    table.integer(
        "samples", {1, most_samples}, [](auto& s) -> auto& { return s.run.training.samples; },
        "P, the number of training samples");
    table.integer(
        "test_samples", {0, most_samples}, [](auto& s) -> auto& { return s.run.training.test_samples; },
        "P_test, the number of test samples; with 0 there is no test loss");
    table.integer(
        "batch", {0, most_samples}, [](auto& s) -> auto& { return s.run.training.batch; },
        "B, the samples per update; 0 is the full batch");
    table.integer(
        "epochs", {1, most_epochs}, [](auto& s) -> auto& { return s.run.training.epochs; },
        "passes through the training samples");
    table.real(
        "learning_rate", {0, largest_scale, true}, [](auto& s) -> auto& { return s.run.training.learning_rate; },
        "eta, per epoch; an update takes eta * batch / samples of it");
    table.add(
        "shuffle", KeyKind::boolean, [](auto& s) -> auto& { return s.run.training.shuffle; },
        "visit the samples in a new order at each epoch");
    table.integer(
        "records", {1, 1e6}, [](auto& s) -> auto& { return s.run.recording.records; },
        "how many epochs are recorded beside the start; log-spaced ones may coincide");
    table.choice<RecordSpacing>(
        "record_spacing", [](auto& s) -> auto& { return s.run.recording.spacing; }, "how recorded epochs are spread");
}

void add_data_keys(KeyTable& table) {
    table.section("data");
    table
        .add(
            "file", KeyKind::text, [](auto& s) -> auto& { return s.data_file; },
            "an HDF5 file with data or weights of your own, \"\" for none; a relative path starts at the folder of "
            "this file. Any of inputs [samples x M], targets [samples x O], test_inputs, test_targets, "
            "student_hidden [N x M], student_readout [O x N], teacher_hidden, teacher_readout, feedback [N x O], "
            "each in place of the random one")
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
        return table.take();
    }();
    return keys;
}

}  // namespace curldescent
