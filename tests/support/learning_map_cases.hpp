#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "curldescent/dynamics/core.hpp"

namespace curldescent {

/// A short training of the NumPy reference (tests/reference/make_fixtures.py), with its result.
struct LearningMapCase {
    std::string name;
    Student student;
    Problem problem;                        // without test samples or teacher map
    std::vector<std::vector<Index>> order;  // of the samples, one row an epoch
    Weights final;
    double initial_loss = 0.0;
    double final_loss = 0.0;
};

/// The case's name.
void PrintTo(const LearningMapCase& fixture, std::ostream* stream);

/// All cases of tests/fixtures/learning_map.toml.
const std::vector<LearningMapCase>& learning_map_cases();

/// What a program makes of a case, against the reference: relative errors.
struct LearningMapErrors {
    double W1;
    double W2;
    double initial_loss;
    double final_loss;

    [[nodiscard]] double largest() const;
};

/// Relative errors up to here count as rounding, over some 50 to 100 updates.
inline constexpr double reference_tolerance = 1e-12;

/// Makes the updates of a case, in its order of the samples; their number.
std::int64_t make_updates(Core& core, const LearningMapCase& fixture);

/// The errors of a program that starts with the weights of a case and ends with `final`.
LearningMapErrors errors_of(const LearningMapCase& fixture, const Weights& final);

}  // namespace curldescent
