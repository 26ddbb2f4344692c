/// Times the kernels: one update of each core, alone and with tangents, the lane functions, the shuffle of an epoch and
/// the gathering of a batch.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "curldescent/dynamics/batches.hpp"
#include "curldescent/dynamics/fused_core.hpp"
#include "curldescent/dynamics/tangent_core.hpp"
#include "curldescent/dynamics/width_reduction.hpp"
#include "curldescent/model/initialization.hpp"
#include "curldescent/model/lane_functions.hpp"

using namespace curldescent;

namespace {

constexpr StreamKey key{.seed = 1, .point = 0, .replicate = 0};
constexpr Index elements = 1024;          // of an array that goes through a function
constexpr std::int64_t batches_kept = 4;  // few enough to stay in the cache, as a batch just gathered does

/// What one student learns, by curl descent with the norm constraint.
struct Shape {
    Index inputs, hidden, batch;
    Activation activation;
    Index samples = 250;
    Index hidden_flips = 0;
    Index readout_flips = 0;
    double student_scale = 1.0;

    /// Such as "20,199,10,linear", "50,169,full,linear" or "100,10,10,tanh,P=2000".
    [[nodiscard]] std::string name() const {
        const std::string size = batch == samples ? "full" : std::to_string(batch);
        const std::string ending = samples == 250 ? "" : ",P=" + std::to_string(samples);
        return std::to_string(inputs) + "," + std::to_string(hidden) + "," + size + "," +
               std::string(enumeration_names<Activation>[static_cast<std::size_t>(activation)]) + ending;
    }

    /// The arithmetic of one update by the plain algorithm, at full width: as `count_flops` in shapes.py counts it.
    [[nodiscard]] double flops() const {
        const Index products = 4 * hidden * inputs * batch + 5 * hidden * batch + batch;
        const Index activations = activation == Activation::linear ? 0 : 4 * hidden * batch + batch;
        return static_cast<double>(products + activations + 6 * (hidden * inputs + hidden));
    }
};

/// The shapes of compare.py.
constexpr std::array<Shape, 9> shapes{{
    {20, 199, 10, Activation::linear, 250, 2},
    {110, 110, 10, Activation::linear, 250, 11},
    {50, 169, 250, Activation::linear, 250, 5},
    {2, 217, 250, Activation::linear, 250, 0, 108},
    {20, 199, 10, Activation::tanh, 250, 2},
    {20, 199, 250, Activation::tanh, 250, 2},
    {100, 10, 10, Activation::tanh, 2000, 0, 1, 2.0},
    {100, 10, 10, Activation::tanh, 10000, 0, 1, 2.0},
    {100, 10, 10, Activation::relu, 2000, 0, 1, 2.0},
}};

Network make_network(const Shape& shape) {
    return {.inputs = shape.inputs,
            .hidden = shape.hidden,
            .activation = shape.activation,
            .output_activation = shape.activation};
}

Problem make_problem(const Shape& shape) {
    const Network network = make_network(shape);
    const Weights teacher = make_teacher(network, {.teacher_hidden = shape.hidden}, key);
    return make_problem(network, teacher, shape.samples, 0, {}, key);
}

/// At the width that `simulate` trains it at.
Student make_student(const Shape& shape) {
    const Network network = make_network(shape);
    const Initialization initialization{.student_scale = shape.student_scale, .teacher_hidden = shape.hidden};
    const Plasticity plasticity{.hidden_flips = shape.hidden_flips, .readout_flips = shape.readout_flips};
    return reduce_width({.network = network,
                         .plasticity = plasticity,
                         .signs = make_signs(network, plasticity, Rule::curl_descent),
                         .feedback = Matrix(),
                         .step = {.batch = shape.batch, .samples = shape.samples},
                         .start = make_student(network, initialization, Weights(), key)});
}

using MakeCore = std::unique_ptr<Core> (*)(const Student&, const Problem&);

std::unique_ptr<Core> make_fast(const Student& student, const Problem& problem) {
    return make_core(CoreKind::fast, student, problem);
}

std::unique_ptr<Core> make_fused(const Student& student, const Problem&) {
    return std::make_unique<FusedCore>(student);
}

std::unique_ptr<Core> make_plain(const Student& student, const Problem& problem) {
    return make_core(CoreKind::plain, student, problem);
}

/// The first few batches of an epoch in order.
std::vector<std::pair<Matrix, Matrix>> gather_batches(const Problem& problem, Index size) {
    std::vector<Index> order(static_cast<std::size_t>(problem.X.cols()));
    shuffle_samples(order, key, 1);
    Batches batches(problem, size);
    std::vector<std::pair<Matrix, Matrix>> gathered;
    for (std::int64_t index = 0; index < std::min(batches_kept, batches.count()); ++index) {
        const Batch batch = batches.gather(order, index);
        gathered.emplace_back(batch.X, batch.Y);
    }
    return gathered;
}

/// The updates of a core in turn, from batches that are in the cache.
void time_updates(benchmark::State& state, const Shape& shape, const Problem& problem, Core& core) {
    const auto batches = gather_batches(problem, shape.batch);
    std::size_t next = 0;
    for (auto _ : state) {
        const auto& [X, Y] = batches[next];
        core.update({X, Y});
        next = next + 1 < batches.size() ? next + 1 : 0;
    }
    if (!core.finite()) state.SkipWithError("the weights overflowed, so the time would mean nothing");
    state.SetItemsProcessed(state.iterations() * shape.batch);
    state.counters["plain_flops"] = benchmark::Counter(shape.flops(), benchmark::Counter::kIsIterationInvariantRate);
}

void time_update(benchmark::State& state, const Shape& shape, MakeCore make) {
    const Problem problem = make_problem(shape);
    time_updates(state, shape, problem, *make(make_student(shape), problem));
}

void time_tangents(benchmark::State& state, const Shape& shape, Index count) {
    const Problem problem = make_problem(shape);
    const Student student = make_student(shape);
    const std::unique_ptr<TangentCore> core = make_tangent_core(CoreKind::fast, student, problem);
    RandomStream stream(key, Stream::teacher_hidden);
    core->set_tangents(Matrix::NullaryExpr(weight_count(student.network), count, [&] { return stream.next_normal(); }));
    time_updates(state, shape, problem, *core);
    if (!core->tangents().allFinite()) state.SkipWithError("the tangents overflowed, so the time would mean nothing");
}

Vector draw_values() {
    RandomStream stream(key, Stream::train_inputs);
    return Vector::NullaryExpr(elements, [&] { return stream.next_normal(); });
}

template <class Function>
void time_lanes(benchmark::State& state, Function function) {
    const Vector values = draw_values();
    Vector results(elements);
    for (auto _ : state) {
        for (Index k = 0; k < lanes_for(elements); ++k) store(function(load(values.data(), k)), results.data(), k);
        benchmark::DoNotOptimize(results.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * elements);
}

void time_standard_tanh(benchmark::State& state) {
    const Vector values = draw_values();
    Vector results(elements);
    for (auto _ : state) {
        for (Index k = 0; k < elements; ++k) results[k] = std::tanh(values[k]);
        benchmark::DoNotOptimize(results.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * elements);
}

void time_shuffle(benchmark::State& state, Index samples) {
    std::vector<Index> order(static_cast<std::size_t>(samples));
    std::uint64_t epoch = 0;
    for (auto _ : state) {
        shuffle_samples(order, key, ++epoch);
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * samples);
}

void time_gather(benchmark::State& state, const Shape& shape) {
    const Problem problem = make_problem(shape);
    std::vector<Index> order(static_cast<std::size_t>(shape.samples));
    shuffle_samples(order, key, 1);
    Batches batches(problem, shape.batch);
    std::int64_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(batches.gather(order, next).X.data());
        benchmark::ClobberMemory();
        next = next + 1 < batches.count() ? next + 1 : 0;
    }
    state.SetItemsProcessed(state.iterations() * shape.batch);
}

void register_all() {
    constexpr std::array<std::pair<std::string_view, MakeCore>, 3> cores{
        {{"fast", make_fast}, {"fused", make_fused}, {"plain", make_plain}}};
    const auto add = [](const std::string& name, auto&&... arguments) {
        benchmark::RegisterBenchmark(name.c_str(), arguments...);
    };
    for (const Shape& shape : shapes) {
        for (const auto& [core, make] : cores) add(std::string(core) + "/" + shape.name(), time_update, shape, make);
        for (const Index count : {1, 10}) {
            add("tangents-" + std::to_string(count) + "/" + shape.name(), time_tangents, shape, count);
        }
    }
    for (const Shape& shape : {shapes[0], shapes[1], shapes[6], shapes[7]}) {
        add("gather/" + shape.name(), time_gather, shape);
    }
    for (const Index samples : {250, 2000, 10000}) add("shuffle/" + std::to_string(samples), time_shuffle, samples);
    add("tanh/lanes", [](benchmark::State& state) { time_lanes(state, [](const Lanes& x) { return tanh(x); }); });
    add("tanh/standard", time_standard_tanh);
    add("sigmoid/lanes", [](benchmark::State& state) { time_lanes(state, [](const Lanes& x) { return sigmoid(x); }); });
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    register_all();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
