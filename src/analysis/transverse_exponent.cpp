#include "curldescent/analysis/transverse_exponent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "curldescent/dynamics/batches.hpp"

namespace curldescent {
namespace {

constexpr std::int64_t transient_share = 10;  // one in so many epochs
constexpr std::size_t blocks = 10;

Vector random_residual(Index directions, const StreamKey& key) {
    RandomStream stream(key, Stream::transverse_residual);
    Vector r(directions);
    for (double& entry : r) entry = stream.next_normal();
    return r.normalized();
}

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Of the mean, from the scatter of the means of neighbouring values.
double standard_error(std::span<const double> values) {
    const std::size_t length = values.size() / blocks;
    if (length < 2) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> means;
    for (std::size_t block = 0; block < blocks; ++block) means.push_back(mean(values.subspan(block * length, length)));
    const double center = mean(means);
    double squares = 0.0;
    for (const double value : means) squares += (value - center) * (value - center);
    constexpr auto count = static_cast<double>(blocks);
    return std::sqrt(squares / (count - 1.0) / count);
}

}  // namespace

void update_residual(Vector& residual, const ResidualMap& map, std::span<const Index> batch, double eta_b) {
    Vector change = Vector::Zero(residual.size());
    for (const Index sample : batch) {
        const Index first = sample * map.outputs;
        const bool reads = map.reading.size() > 0;
        const Vector errors = reads ? Vector(map.reading.middleCols(first, map.outputs).transpose() * residual)
                                    : Vector(residual.segment(first, map.outputs));
        change.noalias() += map.response.middleCols(first, map.outputs) * errors;
    }
    residual -= eta_b / static_cast<double>(batch.size()) * change;
}

TransverseExponent transverse_exponent(const ResidualMap& map, const StepSize& step, bool shuffle, const StreamKey& key,
                                       std::int64_t epochs) {
    if (map.directions() == 0) return {.value = 0.0, .error = 0.0};
    const bool shuffled = shuffle && step.batch < step.samples;
    std::vector<Index> order(static_cast<std::size_t>(step.samples));
    std::iota(order.begin(), order.end(), Index{0});
    Vector r = random_residual(map.directions(), key);
    std::vector<double> growth;
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        if (shuffled) shuffle_samples(order, key, static_cast<std::uint64_t>(epoch));
        for (Index first = 0; first < step.samples; first += step.batch) {
            const Index count = std::min(step.batch, step.samples - first);
            update_residual(r, map,
                            std::span(order).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
                            step.per_update());
        }
        const double norm = r.norm();
        growth.push_back(std::log(norm));
        if (norm > 0.0) r /= norm;
    }
    const auto used = std::span(growth).subspan(growth.size() / transient_share);
    return {.value = mean(used), .error = standard_error(used)};
}

}  // namespace curldescent
