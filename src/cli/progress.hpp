#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "commands.hpp"

namespace curldescent::cli {

/// Shows on standard error how far an ensemble is: the share of the expected cost that is done, runs, runs
/// per second, and the time left. A bar is redrawn ten times a second at most, a line is printed every 30 s.
class Progress {
  public:
    Progress(ProgressMode mode, std::int64_t runs, double cost);

    /// Notes finished runs of some expected cost.
    void add(std::int64_t runs, double cost);

    /// Shows the state when it is time; called often, also while no run finishes.
    void tick();

    /// Shows the final state.
    void finish();

  private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] std::string text() const;
    void show();

    ProgressMode mode_;
    std::int64_t all_runs_;
    double all_cost_;
    std::int64_t runs_ = 0;
    double cost_ = 0.0;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_;
};

}  // namespace curldescent::cli
