#include "curldescent/ensemble/statistics_check.hpp"

#include "curldescent/ensemble/comparison.hpp"
#include "curldescent/ensemble/statistics.hpp"

namespace curldescent {
namespace {

/// Looks at statistics as they are computed and keeps those that a file holds otherwise.
class Comparer {
  public:
    Comparer(ResultsFile& results, const std::vector<bool>& checked, Agreement agreement)
        : results_(results), checked_(checked), agreement_(agreement) {}

    void look(const std::string& variable, const PointRange& points, std::span<const double> expected) {
        if (!results_.has(variable)) return;
        const std::vector<double> stored = results_.read_at(variable, points);
        const std::size_t each = stored.size() / static_cast<std::size_t>(points.last - points.first);
        for (std::int64_t point = points.first; point < points.last; ++point) {
            if (!checked_.at(static_cast<std::size_t>(point))) continue;
            const std::size_t first = static_cast<std::size_t>(point - points.first) * each;
            for (std::size_t k = first; k < first + each; ++k) {
                if (agree(stored[k], expected[k], agreement_)) continue;
                note(variable, point);
                break;
            }
        }
    }

    [[nodiscard]] std::vector<SpoiltStatistic> take() { return std::move(spoilt_); }

  private:
    void note(const std::string& variable, std::int64_t point) {
        for (SpoiltStatistic& known : spoilt_) {
            if (known.variable != variable) continue;
            ++known.points;
            return;
        }
        spoilt_.push_back({.variable = variable, .points = 1, .first_point = point});
    }

    ResultsFile& results_;
    const std::vector<bool>& checked_;
    Agreement agreement_;
    std::vector<SpoiltStatistic> spoilt_;
};

}  // namespace

std::vector<SpoiltStatistic> check_statistics(ResultsFile& results, const std::vector<bool>& checked,
                                              Agreement agreement) {
    Comparer comparer(results, checked, agreement);
    const auto look = [&](const std::string& variable, const PointRange& points, std::span<const double> expected) {
        comparer.look(variable, points, expected);
    };
    const PointRange all{0, results.extents().points};
    compute_statistics(results, all, look);
    if (has_comparisons(results)) {
        compute_comparisons(results, all, look);
        compute_corrected(results, look);
    }
    return comparer.take();
}

}  // namespace curldescent
