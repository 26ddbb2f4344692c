// Any bytes as a results file, given to the commands that read one. Only StorageError and InputError may come of it.

#include <cstdint>

#include "cli/commands.hpp"
#include "curldescent/model/error.hpp"
#include "curldescent/storage/hdf5.hpp"
#include "scratch_file.hpp"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    curldescent::hdf5::initialise();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace curldescent;
    const ScratchFile file({data, size});
    for (const auto& command : {cli::print_status, cli::verify, cli::print_digest}) {
        try {
            command(file.path());
        } catch (const StorageError&) {
            continue;
        } catch (const InputError&) {
            continue;
        }
    }
    return 0;
}
