# A room is a static library: src/<room>/*.cpp behind include/curldescent/<room>/*.hpp.
# Its LINKS keep the floors of the house: no room links one above it, and MPI and HDF5 headers are found only through
# links. tests/house checks what a link cannot, the includes.

function(curldescent_room room)
    cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS")
    list(TRANSFORM ROOM_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/src/${room}/)
    file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/curldescent/${room}/*.hpp)
    add_library(curldescent_${room} STATIC ${ROOM_SOURCES})
    target_sources(curldescent_${room} PUBLIC
        FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})
    target_link_libraries(curldescent_${room}
        PUBLIC ${ROOM_LINKS} PRIVATE ${ROOM_PRIVATE_LINKS} $<BUILD_INTERFACE:curldescent_flags>)
    add_library(curldescent::${room} ALIAS curldescent_${room})
endfunction()
