#include "curldescent/analysis/curl_strength.hpp"

#include <algorithm>
#include <cmath>

namespace curldescent {
namespace {

/// sqrt((||J||^2 - tr(J J)) / 2) / ||J||; rounding may leave a symmetric J a little below 0.
double strength(double squared_norm, double trace_of_square) {
    return std::sqrt(std::max(0.0, (squared_norm - trace_of_square) / (2.0 * squared_norm)));
}

Matrix random_signs(Index rows, Index columns, RandomStream& stream) {
    Matrix signs(rows, columns);
    for (double& sign : signs.reshaped()) sign = stream.next_below(2) == 0 ? -1.0 : 1.0;
    return signs;
}

}  // namespace

CurlStrength curl_strength(const Matrix& J) {
    return {.value = (J - J.transpose()).norm() / (2.0 * J.norm()), .error = 0.0};
}

CurlStrength estimate_curl_strength(const std::function<Matrix(const Matrix&)>& times, Index size, std::int64_t probes,
                                    RandomStream signs) {
    const Matrix V = random_signs(size, probes, signs);
    const Matrix JV = times(V);
    const Matrix JJV = times(JV);
    const Vector squared_norms = JV.colwise().squaredNorm();
    const Vector traces = V.cwiseProduct(JJV).colwise().sum();

    const double norm_sum = squared_norms.sum();
    const double trace_sum = traces.sum();
    Vector without_one(probes);  // the estimate from all other probes
    for (Index k = 0; k < probes; ++k) without_one[k] = strength(norm_sum - squared_norms[k], trace_sum - traces[k]);
    const auto count = static_cast<double>(probes);
    const double scatter = (without_one.array() - without_one.mean()).square().sum();
    return {.value = strength(norm_sum, trace_sum), .error = std::sqrt((count - 1.0) / count * scatter)};
}

CurlStrength curl_strength(FieldJacobian& jacobian, std::int64_t probes, const StreamKey& key) {
    if (jacobian.size() <= 2 * probes) return curl_strength(jacobian.matrix());
    return estimate_curl_strength([&](const Matrix& V) { return jacobian.times(V); }, jacobian.size(), probes,
                                  {key, Stream::curl_probes});
}

}  // namespace curldescent
