#include "stop_signals.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <utility>

namespace curldescent::cli {
namespace {

std::atomic<int> caught{0};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): all that a handler reaches
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch what needs no lock");

constexpr std::array<std::pair<int, std::string_view>, 4> signals{
    {{SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"}, {SIGINT, "SIGINT"}}};

}  // namespace

void catch_stop_signals() {
    for (const auto& [number, name] : signals) {
        struct sigaction action {};
        action.sa_handler = [](int signal) { caught = signal; };
        action.sa_flags = SA_RESTART | (number == SIGINT ? static_cast<int>(SA_RESETHAND) : 0);
        sigaction(number, &action, nullptr);
    }
}

std::string_view stop_signal() {
    for (const auto& [number, name] : signals) {
        if (number == caught) return name;
    }
    return {};
}

}  // namespace curldescent::cli
