#include "curldescent/analysis/order_parameter.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "curldescent/analysis/learning_curve.hpp"
#include "curldescent/dynamics/width_reduction.hpp"
#include "support/fixed_core.hpp"
#include "support/linear_solution.hpp"

namespace curldescent {
namespace {

constexpr double tolerance = 1e-10;  // of the issue: q from the stream against q from stored weights

/// Keeps the full weights at some epochs.
class Album : public Observer {
  public:
    Album(const Student& student, std::int64_t first) : student_(student), first_(first) {}
    void observe(const TrainingState& state) override {
        if (state.epoch < first_) return;
        const Weights full = recover_weights(student_, state.core.weights());
        Vector all(full.W1.size() + full.W2.size());
        all << full.W1.reshaped(), full.W2.reshaped();
        pictures_.push_back(all);
    }
    void finish(const Core& /*core*/, const TrainingOutcome& /*outcome*/) override {}
    void exchange(StateArchive& /*archive*/) override {}

    [[nodiscard]] double order_parameter() const {
        const auto count = static_cast<double>(pictures_.size());
        Vector mean = Vector::Zero(pictures_.front().size());
        for (const Vector& picture : pictures_) mean += picture / count;
        double variance = 0.0;
        for (const Vector& picture : pictures_) variance += (picture - mean).squaredNorm() / count;
        return variance / (mean.array() - mean.mean()).square().sum();
    }

  private:
    const Student& student_;
    std::int64_t first_;
    std::vector<Vector> pictures_;
};

/// A linear student far from any solution, of more hidden units than it is trained with.
Student wide_student(FlipSide side, bool random_feedback) {
    LinearSolution solution(3, 40, 1, 1, 1.0);
    Student student = solution.student;
    student.plasticity = {.hidden_flips = side == FlipSide::presynaptic ? 1 : 15, .readout_flips = 1, .side = side};
    student.signs = make_signs(student.network, student.plasticity, Rule::curl_descent);
    student.start.W1.array() += 0.1;  // a mean that is not zero
    if (random_feedback) student.feedback = Matrix(student.start.W1.col(0));
    return student;
}

TEST(OrderParameter, OfAReducedStudentIsThatOfTheStoredFullWeights) {
    for (const FlipSide side : {FlipSide::presynaptic, FlipSide::postsynaptic}) {
        for (const bool random_feedback : {false, true}) {
            const LinearSolution solution(3, 40, 1, 1, 1.0);
            const Student student = wide_student(side, random_feedback);
            const Student reduced = reduce_width(student);
            ASSERT_LT(reduced.network.hidden, student.network.hidden);
            const auto core = make_core(CoreKind::fast, reduced, solution.problem);
            const auto epochs = record_epochs(30, 30, RecordSpacing::linear);
            OrderParameter streamed(student, epochs, 20);
            Album stored(student, 11);
            std::vector<Trainee> trainees{{.core = *core, .observers = {&streamed, &stored}}};

            train(trainees, solution.problem, solution.training(30), {});

            ASSERT_GT(streamed.value(), 1e-6);
            EXPECT_NEAR(streamed.value() / stored.order_parameter(), 1.0, tolerance) << to_string(side);
        }
    }
}

const Student tiny{.network = {.inputs = 1, .hidden = 1},
                   .plasticity = {},
                   .signs = {Vector::Ones(1), Vector::Ones(1)},
                   .feedback = {},
                   .step = {},
                   .start = {.W1 = Matrix{{1.0}}, .W2 = Matrix{{3.0}}}};
const FixedCore first({.W1 = Matrix{{1.0}}, .W2 = Matrix{{3.0}}});
const FixedCore second({.W1 = Matrix{{2.0}}, .W2 = Matrix{{5.0}}});

/// q at the last `count` of the epochs 0, 1, 2, of which the training sees those of `cores`.
double order_parameter_of(const std::vector<const FixedCore*>& cores, std::int64_t count,
                          const TrainingOutcome& outcome = {}) {
    const std::vector<std::int64_t> epochs{0, 1, 2};
    OrderParameter observer(tiny, epochs, count);
    for (std::size_t k = 0; k < cores.size(); ++k) observer.observe({static_cast<std::int64_t>(k), *cores[k]});
    observer.finish(*cores.back(), outcome);
    return observer.value();
}

TEST(OrderParameter, IsItsDefinition) {
    // Variances 1/4 and 1, mean 5/8; means 3/2 and 4, of variance (5/4)^2.
    EXPECT_NEAR(order_parameter_of({&second, &first, &second}, 2), 0.625 / 1.5625, 1e-15);
}

TEST(OrderParameter, OfWeightsAtRestIsZero) {
    EXPECT_EQ(order_parameter_of({&second, &first, &first}, 2), 0.0);
}

TEST(OrderParameter, OfWeightsThatRestAtZeroIsZero) {
    const FixedCore nowhere({.W1 = Matrix{{0.0}}, .W2 = Matrix{{0.0}}});

    EXPECT_EQ(order_parameter_of({&nowhere, &nowhere, &nowhere}, 2), 0.0);
}

TEST(OrderParameter, KeepsTheLastWeightsOfAConvergedRun) {
    EXPECT_EQ(order_parameter_of({&second, &first}, 3, {.converged = true}),
              order_parameter_of({&second, &first, &first}, 3));
}

TEST(OrderParameter, IsMissingForADivergedRunAndForASingleRecord) {
    EXPECT_TRUE(std::isnan(order_parameter_of({&first, &second}, 3, {.diverged = true})));
    EXPECT_TRUE(std::isnan(order_parameter_of({&first, &first, &second}, 1)));
}

}  // namespace
}  // namespace curldescent
