#include "curldescent/ensemble/worker_loads.hpp"

namespace curldescent {

Load load_of(int batches, double expected_seconds) {
    constexpr double soon = 0.1;
    if (batches == 0) return Load::nothing;
    return batches == 1 && expected_seconds < soon ? Load::little : Load::enough;
}

WorkerLoads::WorkerLoads(std::size_t workers) : loads_(workers, Load::nothing) {
    for (std::size_t worker = 0; worker < workers; ++worker) nothing_.insert(nothing_.end(), worker);
}

void WorkerLoads::set(std::size_t worker, Load load) {
    if (loads_[worker] == load) return;
    loads_[worker] = load;
    nothing_.erase(worker);
    little_.erase(worker);
    if (load == Load::nothing) nothing_.insert(worker);
    if (load == Load::little) little_.insert(worker);
}

std::optional<std::size_t> WorkerLoads::next(std::int64_t remaining) const {
    if (remaining > 0 && !nothing_.empty()) return *nothing_.begin();
    if (remaining > static_cast<std::int64_t>(loads_.size()) && !little_.empty()) return *little_.begin();
    return std::nullopt;
}

}  // namespace curldescent
