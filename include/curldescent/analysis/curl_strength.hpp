#pragma once

#include <functional>
#include <limits>

#include "curldescent/analysis/field_jacobian.hpp"
#include "curldescent/analysis/spare_units.hpp"
#include "curldescent/model/random.hpp"

namespace curldescent {

/// How much of a field turns (MODEL.md section 6).
struct CurlStrength {
    double value = std::numeric_limits<double>::quiet_NaN();

    /// Standard error of an estimate; 0 when exact, NaN where the estimate lies below 0 and stands at 0.
    double error = std::numeric_limits<double>::quiet_NaN();
};

/// Where and how well it is measured.
struct CurlOptions {
    bool measured = false;
    std::int64_t probes = 32;  ///< random vectors of an estimate, at least 2
};

/// Up to this many weights it is exact.
inline constexpr Index largest_exact_curl = 1200;

/// ||(J - J^T) / 2||_F / ||J||_F: 0 for a gradient field, 1 for a pure rotation. NaN for J = 0. Blocks of J apart from
/// this one may be given by their squares.
CurlStrength curl_strength(const Matrix& J, const JacobianSquares& apart = {});

/// The same, estimated from products with J alone. With random signs v, ||J||_F^2 is the mean of |J v|^2 and tr(J J)
/// that of v . J (J v) (Hutchinson), and ||(J - J^T) / 2||_F^2 = (||J||_F^2 - tr(J J)) / 2. The error is by the
/// jackknife over probes. A symmetric J gives 0 without an error whatever the probes, both up to rounding.
CurlStrength estimate_curl_strength(const std::function<Matrix(const Matrix&)>& times, Index size, std::int64_t probes,
                                    RandomStream signs, const JacobianSquares& apart = {});

/// That of a rule at some weights: exact up to `largest_exact_curl` weights, and where this takes no more products than
/// the estimate would, 2 `probes`. A network of reduced width has the squares of its spare units apart.
CurlStrength curl_strength(const FieldJacobian& jacobian, std::int64_t probes, const StreamKey& key,
                           const JacobianSquares& apart = {});

}  // namespace curldescent
