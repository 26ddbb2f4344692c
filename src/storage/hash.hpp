#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace curldescent {

/// XXH3-128 over a sequence of bytes.
class Hash {
  public:
    Hash();

    void add(std::span<const std::byte> bytes);

    /// A text with its length, so that neighbours cannot be confused.
    void add(std::string_view text);

    /// The lower 64 bits.
    [[nodiscard]] std::uint64_t lower() const;

    /// All bits, as 32 hexadecimal digits.
    [[nodiscard]] std::string hexadecimal() const;

  private:
    std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

}  // namespace curldescent
