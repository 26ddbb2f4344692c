// Any bytes as a file of supplied data. Only StorageError and InputError may come of it.

#include <cstdint>

#include "curldescent/experiment/experiment.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/data_file.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "scratch_file.hpp"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    curldescent::hdf5::initialise();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace curldescent;
    static const RunSettings run = resolve(Settings());
    const ScratchFile file({data, size});
    try {
        const SuppliedData supplied = read_supplied_data(file.path());
        checksum(supplied);
        validate(supplied, run);
    } catch (const StorageError&) {
        return 0;
    } catch (const InputError&) {
        return 0;
    }
    return 0;
}
