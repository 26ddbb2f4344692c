#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "duration.hpp"

namespace curldescent::cli {
namespace {

constexpr std::chrono::milliseconds bar_interval{100};
constexpr std::chrono::seconds line_interval{30};
constexpr int bar_width = 30;

std::string bar_text(double share) {
    const int filled = std::clamp(static_cast<int>(share * bar_width), 0, bar_width);
    return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", bar_width - filled);
}

}  // namespace

Progress::Progress(ProgressMode mode, std::int64_t runs, double cost) : mode_(mode), all_runs_(runs), all_cost_(cost) {
    if (mode_ == ProgressMode::automatic) {
        mode_ = isatty(STDERR_FILENO) != 0 ? ProgressMode::bar : ProgressMode::lines;
    }
    if (mode_ == ProgressMode::lines) next_ += line_interval;
}

std::string Progress::text() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double share = all_cost_ > 0.0 ? cost_ / all_cost_ : 1.0;
    const double rate = seconds > 0.0 ? static_cast<double>(runs_) / seconds : 0.0;
    const std::string left = share > 0.0 ? duration_text(seconds * (1.0 - share) / share) : "unknown";
    return fmt::format("{:5.1f} %  {}/{} runs  {:.3g} runs/s  {} left", 100.0 * share, runs_, all_runs_, rate, left);
}

void Progress::show() {
    if (mode_ == ProgressMode::bar) {
        fmt::print(stderr, "\r{} {}\x1b[K", bar_text(all_cost_ > 0.0 ? cost_ / all_cost_ : 1.0), text());
    } else if (mode_ == ProgressMode::lines) {
        fmt::print(stderr, "progress: {}\n", text());
    }
    std::fflush(stderr);
}

void Progress::add(std::int64_t runs, double cost) {
    runs_ += runs;
    cost_ += cost;
}

void Progress::tick() {
    const auto now = Clock::now();
    if (mode_ == ProgressMode::none || now < next_) return;
    show();
    next_ = now + (mode_ == ProgressMode::bar ? Clock::duration(bar_interval) : Clock::duration(line_interval));
}

void Progress::finish() {
    if (mode_ == ProgressMode::none) return;
    show();
    if (mode_ == ProgressMode::bar) fmt::print(stderr, "\n");
}

}  // namespace curldescent::cli
