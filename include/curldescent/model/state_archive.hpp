#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "curldescent/model/network.hpp"

namespace curldescent {

/// The state of things that are interrupted, as bytes. What has a state exchanges it with an archive in one function,
/// which serves both ways: with an archive that saves, members are copied into it; with one that restores, they get
/// the values they were saved with, bit for bit. Both sides name the same members in the same order.
class StateArchive {
  public:
    /// Saves what is exchanged with it.
    StateArchive() = default;

    /// Restores what was saved, which must outlive this object.
    explicit StateArchive(std::span<const std::byte> saved) : saved_(saved) {}

    [[nodiscard]] bool restores() const { return saved_.has_value(); }

    /// Exchanges each of several members.
    template <class... Values>
    void operator()(Values&... values) {
        (exchange(values), ...);
    }

    /// The bytes that were saved.
    [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

    /// Throws std::runtime_error unless all that was saved has been restored.
    void expect_end() const;

  private:
    template <class Value>
    void exchange(Value& value) {
        if constexpr (requires { value.exchange(*this); }) {
            value.exchange(*this);
        } else {
            static_assert(std::is_trivially_copyable_v<Value> && !std::is_pointer_v<Value>);
            exchange_bytes(std::as_writable_bytes(std::span(&value, 1)));
        }
    }
    template <class Value>
    void exchange(std::vector<Value>& values) {
        values.resize(exchange_length(values.size(), sizeof(Value)));
        for (Value& value : values) exchange(value);
    }
    template <class Value>
    void exchange(std::optional<Value>& value) {
        bool present = value.has_value();
        exchange(present);
        if (restores() && present) value.emplace();
        if (restores() && !present) value.reset();
        if (present) exchange(*value);
    }
    /// Throws std::runtime_error when one that has a shape would get another.
    void exchange(Matrix& matrix);
    void exchange(Vector& vector);
    void exchange(Weights& weights) { (*this)(weights.W1, weights.W2); }

    /// Throws std::runtime_error when fewer bytes are left to restore.
    void exchange_bytes(std::span<std::byte> bytes);

    /// The length of a list of elements of some bytes. Throws std::runtime_error when fewer bytes are left to restore.
    std::size_t exchange_length(std::size_t length, std::size_t element_size);

    std::optional<std::span<const std::byte>> saved_;  // what is left to restore; nothing: this one saves
    std::vector<std::byte> bytes_;
};

}  // namespace curldescent
