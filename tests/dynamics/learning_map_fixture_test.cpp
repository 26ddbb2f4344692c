#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "curldescent/dynamics/learning_map.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

constexpr double tolerance = 1e-12;  // of the largest entry: rounding over some 50 to 100 updates
constexpr std::int64_t least_updates = 50;

/// A short training of the NumPy reference (tests/reference/make_fixtures.py), with its result.
struct Case {
    std::string name;
    Network network;
    Plasticity plasticity;
    PlasticitySigns signs;
    Matrix feedback;  // [N x O], or empty for W2^T
    StepSize step;
    Matrix X;                               // [M x P]
    Matrix Y;                               // [O x P]
    std::vector<std::vector<Index>> order;  // of the samples, one row an epoch
    Weights start;
    Weights final;
    double initial_loss = 0.0;
    double final_loss = 0.0;
};

void PrintTo(const Case& fixture, std::ostream* stream) {
    *stream << fixture.name;
}

/// The value of type T at `key`; throws where it is missing or of another type.
template <class T>
T read(const toml::table& table, const std::string& key) {
    return table[key].value<T>().value();
}

template <class Enum>
Enum read_enumeration(const toml::table& table, const std::string& key) {
    return from_string<Enum>(read<std::string>(table, key)).value();
}

const toml::array& as_array(const toml::node& node) {
    if (const toml::array* array = node.as_array()) return *array;
    throw std::runtime_error("learning_map.toml: not an array where one is expected");
}

template <class T>
std::vector<T> as_vector(const toml::node& array) {
    std::vector<T> values;
    for (const toml::node& node : as_array(array)) values.push_back(node.value<T>().value());
    return values;
}

Vector read_vector(const toml::table& table, const std::string& key) {
    const std::vector<double> values = as_vector<double>(table.at(key));
    return Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size()));
}

template <class T>
std::vector<std::vector<T>> read_rows(const toml::table& table, const std::string& key) {
    std::vector<std::vector<T>> rows;
    for (const toml::node& row : as_array(table.at(key))) rows.push_back(as_vector<T>(row));
    return rows;
}

Matrix read_matrix(const toml::table& table, const std::string& key) {
    const std::vector<std::vector<double>> rows = read_rows<double>(table, key);
    Matrix matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
    for (Index i = 0; i < matrix.rows(); ++i) {
        for (Index j = 0; j < matrix.cols(); ++j) {
            matrix(i, j) = rows[static_cast<std::size_t>(i)].at(static_cast<std::size_t>(j));
        }
    }
    return matrix;
}

Case read_case(const toml::table& table) {
    Case fixture;
    fixture.name = read<std::string>(table, "name");
    fixture.X = read_matrix(table, "inputs").transpose();
    fixture.Y = read_matrix(table, "targets").transpose();
    fixture.order = read_rows<Index>(table, "order");
    fixture.start = {.W1 = read_matrix(table, "initial_hidden"), .W2 = read_matrix(table, "initial_readout")};
    fixture.final = {.W1 = read_matrix(table, "final_hidden"), .W2 = read_matrix(table, "final_readout")};
    fixture.initial_loss = read<double>(table, "initial_loss");
    fixture.final_loss = read<double>(table, "final_loss");
    fixture.network = {.inputs = fixture.X.rows(),
                       .hidden = fixture.start.W1.rows(),
                       .outputs = fixture.Y.rows(),
                       .activation = read_enumeration<Activation>(table, "activation"),
                       .output_activation = read_enumeration<Activation>(table, "output_activation")};
    fixture.plasticity.side = read_enumeration<FlipSide>(table, "side");
    fixture.plasticity.norm_constraint = read<bool>(table, "norm_constraint");
    fixture.plasticity.output_delta = read_enumeration<OutputDelta>(table, "output_delta");
    fixture.signs = {.D1 = read_vector(table, "hidden_signs"), .D2 = read_vector(table, "readout_signs")};
    if (has_random_feedback(read_enumeration<Rule>(table, "rule"))) {
        fixture.feedback = read_matrix(table, "feedback");
    }
    fixture.step = {.learning_rate = read<double>(table, "learning_rate"),
                    .batch = read<Index>(table, "batch"),
                    .samples = fixture.X.cols()};
    return fixture;
}

const std::vector<Case>& all_cases() {
    static const std::vector<Case> cases = [] {
        const toml::table file = toml::parse_file(TESTS_FOLDER "/fixtures/learning_map.toml");
        std::vector<Case> read_cases;
        for (const toml::node& node : as_array(file.at("case"))) {
            read_cases.push_back(read_case(node.ref<toml::table>()));
        }
        return read_cases;
    }();
    return cases;
}

/// What the program makes of a case, against the reference: relative errors.
struct Errors {
    double W1;
    double W2;
    double initial_loss;
    double final_loss;
    std::int64_t updates = 0;

    [[nodiscard]] double largest() const { return std::max({W1, W2, initial_loss, final_loss}); }
};

double loss_error(const Case& fixture, const Weights& weights, double expected) {
    const double loss = mean_squared_loss(forward(fixture.network, weights, fixture.X), fixture.Y);
    return relative_error(Matrix{{loss}}, Matrix{{expected}});
}

/// Runs a case over its order of the samples.
Errors repeat(const Case& fixture) {
    LearningMap map(fixture.network, fixture.plasticity, fixture.signs, fixture.feedback, fixture.step, fixture.start);
    Weights weights = fixture.start;
    std::int64_t updates = 0;
    for (const std::vector<Index>& samples : fixture.order) {
        const auto count = static_cast<Index>(samples.size());
        for (Index first = 0; first < count; first += fixture.step.batch) {
            const auto batch = Eigen::seq(first, std::min(first + fixture.step.batch, count) - 1);
            const Matrix X_b = fixture.X(Eigen::all, samples)(Eigen::all, batch);
            const Matrix Y_b = fixture.Y(Eigen::all, samples)(Eigen::all, batch);
            map.update(weights, X_b, Y_b);
            ++updates;
        }
    }
    return {.W1 = relative_error(weights.W1, fixture.final.W1),
            .W2 = relative_error(weights.W2, fixture.final.W2),
            .initial_loss = loss_error(fixture, fixture.start, fixture.initial_loss),
            .final_loss = loss_error(fixture, weights, fixture.final_loss),
            .updates = updates};
}

class LearningMapFixture : public testing::TestWithParam<Case> {};

TEST_P(LearningMapFixture, RepeatsTheReference) {
    const Errors errors = repeat(GetParam());

    EXPECT_GE(errors.updates, least_updates);
    EXPECT_LE(errors.W1, tolerance);
    EXPECT_LE(errors.W2, tolerance);
    EXPECT_LE(errors.initial_loss, tolerance);
    EXPECT_LE(errors.final_loss, tolerance);
}

INSTANTIATE_TEST_SUITE_P(Reference, LearningMapFixture, testing::ValuesIn(all_cases()));

TEST(LearningMapFixtures, AgreeWithTheReferenceInAllCases) {
    ASSERT_GE(all_cases().size(), 24U);

    double largest = 0.0;
    for (const Case& fixture : all_cases()) largest = std::max(largest, repeat(fixture).largest());

    EXPECT_LE(largest, tolerance);
    std::ostringstream text;
    text << std::setprecision(2) << largest;
    RecordProperty("largest_relative_error", text.str());
    std::cout << "fixtures: " << all_cases().size() << " cases, largest relative error " << text.str() << '\n';
}

TEST(LearningMapFixtures, AreRefusedWhenANumberIsAltered) {
    constexpr double alteration = 1.0 + 1e-11;
    const Case& fixture = all_cases().at(0);

    Case other_W1 = fixture;
    other_W1.final.W1.array() *= alteration;
    Case other_readout = fixture;
    other_readout.final.W2(0, 0) += 10.0 * tolerance * fixture.final.W2.cwiseAbs().maxCoeff();
    Case other_loss = fixture;
    other_loss.final_loss *= alteration;
    Case other_input = fixture;
    other_input.X(0, 0) += 1e-6;
    Case other_order = fixture;
    other_order.order.pop_back();
    Case other_shape = fixture;
    other_shape.final.W1.conservativeResize(fixture.final.W1.rows(), fixture.final.W1.cols() - 1);
    Case not_a_number = fixture;
    not_a_number.final.W2(0, 0) = std::numeric_limits<double>::quiet_NaN();

    EXPECT_GT(repeat(other_W1).W1, tolerance);
    EXPECT_GT(repeat(other_readout).W2, tolerance);
    EXPECT_GT(repeat(other_loss).final_loss, tolerance);
    EXPECT_GT(repeat(other_input).largest(), tolerance);
    EXPECT_GT(repeat(other_order).largest(), tolerance);
    EXPECT_GT(repeat(other_shape).largest(), tolerance);
    EXPECT_GT(repeat(not_a_number).largest(), tolerance);
}

}  // namespace
}  // namespace curldescent
