#include "texts.hpp"

#include "text_references.hpp"
#include "value_types.hpp"

namespace curldescent {

std::vector<std::string> read_texts(const hdf5::Handle& dataset, const hdf5::Block& block, const std::string& what) {
    check_text_references(dataset, block, what);
    std::vector<char*> texts(block.size(), nullptr);
    hdf5::read_block(dataset, hdf5_type(ValueType::text).id(), block, std::as_writable_bytes(std::span(texts)), what);
    std::vector<std::string> copies;
    for (char* text : texts) {
        copies.emplace_back(text == nullptr ? "" : text);
        H5free_memory(text);
    }
    return copies;
}

}  // namespace curldescent
