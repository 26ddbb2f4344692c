// How the fuzzer changes a file of places and sizes: in place, a few bytes or a number at a time, or cut off. To insert
// bytes would only move everything away from where the file says that it is.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>

namespace {

using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

/// Writes one of the numbers at which readers go wrong, of 1, 2, 4 or 8 bytes.
void write_number(std::span<std::uint8_t> file, Random& random) {
    constexpr std::array<std::uint64_t, 10> numbers{
        0, 1, 2, 3, 0x7F, 0xFF, 0x7FFF'FFFF, 0xFFFF'FFFF, 0x7FFF'FFFF'FFFF'FFFF, 0xFFFF'FFFF'FFFF'FFFF};
    const std::uint64_t number = numbers.at(below(random, numbers.size()));
    const std::size_t size = std::min(std::size_t{1} << below(random, 4), file.size());
    std::memcpy(file.data() + below(random, file.size() - size + 1), &number, size);
}

/// Copies some bytes to another place of the file.
void copy_bytes(std::span<std::uint8_t> file, Random& random) {
    const std::size_t size = std::min(std::size_t{8} << below(random, 4), file.size());
    const std::size_t from = below(random, file.size() - size + 1);
    std::memmove(file.data() + below(random, file.size() - size + 1), file.data() + from, size);
}

void change(std::span<std::uint8_t> file, Random& random) {
    switch (below(random, 4)) {
        case 0:
            file[below(random, file.size())] ^= static_cast<std::uint8_t>(1U << below(random, 8));
            break;
        case 1:
            file[below(random, file.size())] = static_cast<std::uint8_t>(random());
            break;
        case 2:
            write_number(file, random);
            break;
        default:
            copy_bytes(file, random);
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t /*most*/,
                                               unsigned seed) {
    constexpr std::size_t most_changes = 4;
    constexpr std::size_t one_in = 50;
    Random random(seed);
    if (size == 0) return 0;
    if (below(random, one_in) == 0) return below(random, size);
    for (std::size_t k = below(random, most_changes) + 1; k > 0; --k) change({data, size}, random);
    return size;
}
