#include "value_types.hpp"

namespace curldescent {
namespace {

hdf5::Handle text_type(std::size_t room) {
    hdf5::Handle type = hdf5::own(H5Tcopy(H5T_C_S1), H5Tclose, "text type");
    hdf5::check(H5Tset_size(type.id(), room), "text type");
    hdf5::check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "text type");
    if (room != H5T_VARIABLE) hdf5::check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "text type");
    return type;
}

hdf5::Handle number_type(hid_t type) {
    return hdf5::own(H5Tcopy(type), H5Tclose, "number type");
}

}  // namespace

hdf5::Handle hdf5_type(ValueType type) {
    switch (type) {
        case ValueType::real64:
            return number_type(H5T_IEEE_F64LE);
        case ValueType::int32:
            return number_type(H5T_STD_I32LE);
        case ValueType::int64:
            return number_type(H5T_STD_I64LE);
        case ValueType::uint8:
            return number_type(H5T_STD_U8LE);
        case ValueType::uint64:
            return number_type(H5T_STD_U64LE);
        case ValueType::text:
            return text_type(H5T_VARIABLE);
        case ValueType::character:
            return text_type(1);
    }
    throw StorageError("unknown type of value");
}

std::size_t value_size(ValueType type) {
    switch (type) {
        case ValueType::real64:
        case ValueType::int64:
        case ValueType::uint64:
            return 8;
        case ValueType::int32:
            return 4;
        case ValueType::uint8:
        case ValueType::character:
            return 1;
        case ValueType::text:
            return sizeof(char*);
    }
    throw StorageError("unknown type of value");
}

std::string variable_path(const std::string& name, Group group) {
    switch (group) {
        case Group::root:
            return name;
        case Group::timing:
            return "timing/" + name;
        case Group::provenance:
            return "provenance/" + name;
    }
    throw StorageError("unknown group");
}

}  // namespace curldescent
