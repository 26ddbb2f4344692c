# Every library the program uses, as an imported target.

find_package(Threads REQUIRED)
find_package(MPI REQUIRED COMPONENTS CXX)
find_package(Boost 1.74 REQUIRED COMPONENTS mpi serialization)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)

set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 1.10.5 REQUIRED COMPONENTS C HL)
if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR "HDF5 ${HDF5_VERSION} was built without MPI, and curldescent writes one file from many ranks. "
        "Install a parallel HDF5 (Debian: libhdf5-openmpi-dev; clusters: a module such as hdf5-parallel) "
        "and put its h5pcc first in PATH, or set HDF5_ROOT.")
endif()

add_library(curldescent_hdf5 INTERFACE)
target_include_directories(curldescent_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(curldescent_hdf5 INTERFACE ${HDF5_C_DEFINITIONS})
target_link_libraries(curldescent_hdf5 INTERFACE ${HDF5_C_LIBRARIES} ${HDF5_C_HL_LIBRARIES})

find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

find_path(SPECTRA_INCLUDE_DIR Spectra/SymEigsSolver.h REQUIRED)
add_library(spectra_headers INTERFACE)
target_include_directories(spectra_headers SYSTEM INTERFACE ${SPECTRA_INCLUDE_DIR})

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
add_library(random123 INTERFACE)
target_include_directories(random123 SYSTEM INTERFACE ${RANDOM123_INCLUDE_DIR})

# Its headers alone: the CMake target of some packages links a library that does not exist.
find_path(XSIMD_INCLUDE_DIR xsimd/xsimd.hpp REQUIRED)
add_library(xsimd_headers INTERFACE)
target_include_directories(xsimd_headers SYSTEM INTERFACE ${XSIMD_INCLUDE_DIR})
