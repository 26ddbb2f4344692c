#include "support/learning_map_cases.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <ostream>
#include <stdexcept>

#include "curldescent/dynamics/batches.hpp"
#include "support/matrices.hpp"

namespace curldescent {
namespace {

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

LearningMapCase read_case(const toml::table& table) {
    LearningMapCase fixture;
    fixture.name = read<std::string>(table, "name");
    auto& [X, Y, X_test, Y_test, teacher_map] = fixture.problem;
    X = read_matrix(table, "inputs").transpose();
    Y = read_matrix(table, "targets").transpose();
    fixture.order = read_rows<Index>(table, "order");
    fixture.final = {.W1 = read_matrix(table, "final_hidden"), .W2 = read_matrix(table, "final_readout")};
    fixture.initial_loss = read<double>(table, "initial_loss");
    fixture.final_loss = read<double>(table, "final_loss");

    auto& [network, plasticity, signs, feedback, step, start] = fixture.student;
    start = {.W1 = read_matrix(table, "initial_hidden"), .W2 = read_matrix(table, "initial_readout")};
    network = {.inputs = X.rows(),
               .hidden = start.W1.rows(),
               .outputs = Y.rows(),
               .activation = read_enumeration<Activation>(table, "activation"),
               .output_activation = read_enumeration<Activation>(table, "output_activation")};
    plasticity.side = read_enumeration<FlipSide>(table, "side");
    plasticity.norm_constraint = read<bool>(table, "norm_constraint");
    plasticity.output_delta = read_enumeration<OutputDelta>(table, "output_delta");
    signs = {.D1 = read_vector(table, "hidden_signs"), .D2 = read_vector(table, "readout_signs")};
    if (has_random_feedback(read_enumeration<Rule>(table, "rule"))) feedback = read_matrix(table, "feedback");
    step = {.learning_rate = read<double>(table, "learning_rate"),
            .batch = read<Index>(table, "batch"),
            .samples = X.cols()};
    return fixture;
}

double loss_error(const LearningMapCase& fixture, const Weights& weights, double expected) {
    const auto& [X, Y, X_test, Y_test, teacher_map] = fixture.problem;
    const double loss = mean_squared_loss(forward(fixture.student.network, weights, X), Y);
    return relative_error(Matrix{{loss}}, Matrix{{expected}});
}

}  // namespace

double LearningMapErrors::largest() const {
    return std::max({W1, W2, initial_loss, final_loss});
}

void PrintTo(const LearningMapCase& fixture, std::ostream* stream) {
    *stream << fixture.name;
}

const std::vector<LearningMapCase>& learning_map_cases() {
    static const std::vector<LearningMapCase> cases = [] {
        const toml::table file = toml::parse_file(TESTS_FOLDER "/fixtures/learning_map.toml");
        std::vector<LearningMapCase> read_cases;
        for (const toml::node& node : as_array(file.at("case"))) {
            read_cases.push_back(read_case(node.ref<toml::table>()));
        }
        return read_cases;
    }();
    return cases;
}

std::int64_t make_updates(Core& core, const LearningMapCase& fixture) {
    Batches batches(fixture.problem, fixture.student.step.batch);
    std::int64_t updates = 0;
    for (const std::vector<Index>& order : fixture.order) {
        for (std::int64_t index = 0; index < batches.count(); ++index) {
            core.update(batches.gather(order, index));
            ++updates;
        }
    }
    return updates;
}

LearningMapErrors errors_of(const LearningMapCase& fixture, const Weights& final) {
    return {.W1 = relative_error(final.W1, fixture.final.W1),
            .W2 = relative_error(final.W2, fixture.final.W2),
            .initial_loss = loss_error(fixture, fixture.student.start, fixture.initial_loss),
            .final_loss = loss_error(fixture, final, fixture.final_loss)};
}

}  // namespace curldescent
