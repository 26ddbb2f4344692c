#include "curldescent/analysis/twin_trajectory.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/linear_solution.hpp"

namespace curldescent {
namespace {

double norm(const Weights& weights) {
    return std::sqrt(weights.W1.squaredNorm() + weights.W2.squaredNorm());
}

TEST(MakeTwin, StartsAtItsDistanceOnTheSameSpheres) {
    LinearSolution solution(4, 5, 0, 0, 1.0);
    solution.student.plasticity.norm_constraint = true;
    const Weights& start = solution.student.start;

    const Weights twin = make_twin(solution.student, {.seed = 2}).start;

    EXPECT_NEAR(norm({twin.W1 - start.W1, twin.W2 - start.W2}) / norm(start), twin_distance, 1e-6 * twin_distance);
    constexpr double rounding = 1e-15;
    EXPECT_NEAR(twin.W1.norm() / start.W1.norm(), 1.0, rounding);
    EXPECT_NEAR(twin.W2.norm() / start.W2.norm(), 1.0, rounding);
}

TEST(TwinTrajectory, FindsTheExponentOfAnUnstableSolution) {
    const LinearSolution solution(3, 1, 3, 0, 0.5);
    const std::int64_t epochs = 800;
    const double exact = solution.transverse_exponents().front();
    ASSERT_GT(exact, 0.005);
    const auto core = make_core(CoreKind::fast, solution.student, solution.problem);
    const auto twin = make_core(CoreKind::fast, make_twin(solution.student, {}), solution.problem);
    TwinTrajectory observer(*twin, {.transient = 500}, epochs);
    std::vector<Trainee> trainees{{.core = *core, .observers = {&observer}}, {.core = *twin, .observers = {}}};

    train(trainees, solution.problem, solution.training(epochs), {});

    // Each epoch's distance is exact to the rounding of the weights, 1e-16 of them, over 1e-8; and the run moves off.
    EXPECT_NEAR(observer.exponent().mean, exact, 1e-4);
    EXPECT_LT(observer.exponent().half_width, 1e-3);
}

TEST(TwinTrajectory, MeasuresNothingInAShortTraining) {
    const LinearSolution solution(3, 1, 0, 0, 0.5);
    const auto twin = make_core(CoreKind::fast, solution.student, solution.problem);
    const TwinTrajectory observer(*twin, {.transient = 500}, 100);

    EXPECT_TRUE(std::isnan(observer.exponent().mean));
}

}  // namespace
}  // namespace curldescent
