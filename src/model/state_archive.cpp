#include "curldescent/model/state_archive.hpp"

#include <algorithm>
#include <stdexcept>

namespace curldescent {
namespace {

/// What has a shape already was made for it.
void expect_shape(const ConstMatrixRef& matrix, Index rows, Index columns) {
    if (matrix.size() > 0 && (matrix.rows() != rows || matrix.cols() != columns)) {
        throw std::runtime_error("a saved state has matrices of other shapes than what it is read for");
    }
}

}  // namespace

void StateArchive::exchange_bytes(std::span<std::byte> bytes) {
    if (!restores()) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return;
    }
    if (saved_->size() < bytes.size()) throw std::runtime_error("a saved state is shorter than what it is read for");
    std::copy_n(saved_->begin(), bytes.size(), bytes.begin());
    saved_ = saved_->subspan(bytes.size());
}

std::size_t StateArchive::exchange_length(std::size_t length, std::size_t element_size) {
    exchange(length);
    if (restores() && length > saved_->size() / element_size) {
        throw std::runtime_error("a saved state is shorter than what it is read for");
    }
    return length;
}

void StateArchive::exchange(Matrix& matrix) {
    const std::size_t rows = exchange_length(static_cast<std::size_t>(matrix.rows()), 1);
    const std::size_t columns =
        exchange_length(static_cast<std::size_t>(matrix.cols()), std::max(rows, std::size_t{1}));
    expect_shape(matrix, static_cast<Index>(rows), static_cast<Index>(columns));
    matrix.resize(static_cast<Index>(rows), static_cast<Index>(columns));
    exchange_bytes(std::as_writable_bytes(std::span(matrix.data(), rows * columns)));
}

void StateArchive::exchange(Vector& vector) {
    const auto size = static_cast<Index>(exchange_length(static_cast<std::size_t>(vector.size()), sizeof(double)));
    expect_shape(vector, size, 1);
    vector.resize(size);
    exchange_bytes(std::as_writable_bytes(std::span(vector.data(), static_cast<std::size_t>(vector.size()))));
}

void StateArchive::expect_end() const {
    if (restores() && !saved_->empty()) throw std::runtime_error("a saved state is longer than what it is read for");
}

}  // namespace curldescent
