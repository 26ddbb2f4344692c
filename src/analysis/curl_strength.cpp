#include "curldescent/analysis/curl_strength.hpp"

#include <algorithm>
#include <cmath>

namespace curldescent {
namespace {

constexpr double rounding = 1e-12;  // of ||J||^2

/// (||J||^2 - tr(J J)) / 2 as a share of ||J||^2.
double antisymmetric_share(double squared_norm, double trace_of_square) {
    return (squared_norm - trace_of_square) / (2.0 * squared_norm);
}

/// Its root; rounding may leave a symmetric J a little below 0, and chance any other.
double strength(double share) {
    return share < 0.0 ? 0.0 : std::sqrt(share);
}

Matrix random_signs(Index rows, Index columns, RandomStream& stream) {
    Matrix signs(rows, columns);
    for (double& sign : signs.reshaped()) sign = stream.next_below(2) == 0 ? -1.0 : 1.0;
    return signs;
}

/// The jackknife's, from what each probe says of ||J||^2 and tr(J J).
double jackknife_error(const Vector& squared_norms, const Vector& traces) {
    const double norm_sum = squared_norms.sum();
    const double trace_sum = traces.sum();
    const auto count = static_cast<double>(squared_norms.size());
    Vector without_one(squared_norms.size());
    for (Index k = 0; k < without_one.size(); ++k) {
        without_one[k] = strength(antisymmetric_share(norm_sum - squared_norms[k], trace_sum - traces[k]));
    }
    const double scatter = (without_one.array() - without_one.mean()).square().sum();
    return std::sqrt((count - 1.0) / count * scatter);
}

}  // namespace

CurlStrength curl_strength(const Matrix& J, const JacobianSquares& apart) {
    const double antisymmetric = 0.25 * (J - J.transpose()).squaredNorm() + apart.antisymmetric;
    return {.value = std::sqrt(antisymmetric / (J.squaredNorm() + apart.all)), .error = 0.0};
}

CurlStrength estimate_curl_strength(const std::function<Matrix(const Matrix&)>& times, Index size, std::int64_t probes,
                                    RandomStream signs, const JacobianSquares& apart) {
    const Matrix V = random_signs(size, probes, signs);
    const Matrix JV = times(V);
    const Matrix JJV = times(JV);
    const Vector squared_norms = JV.colwise().squaredNorm().array() + apart.all;
    const Vector traces = V.cwiseProduct(JJV).colwise().sum().array() + (apart.all - 2.0 * apart.antisymmetric);

    const double share = antisymmetric_share(squared_norms.sum(), traces.sum());
    CurlStrength estimate{.value = strength(share)};
    if (share >= -rounding) estimate.error = jackknife_error(squared_norms, traces);
    return estimate;
}

CurlStrength curl_strength(const FieldJacobian& jacobian, std::int64_t probes, const StreamKey& key,
                           const JacobianSquares& apart) {
    if (jacobian.size() <= std::max(largest_exact_curl, 2 * probes)) return curl_strength(jacobian.matrix(), apart);
    return estimate_curl_strength([&](const Matrix& V) { return jacobian.times(V); }, jacobian.size(), probes,
                                  {key, Stream::curl_probes}, apart);
}

}  // namespace curldescent
