#include "curldescent/storage/grown_file.hpp"

#include <fmt/format.h>

#include "curldescent/storage/partial_file.hpp"
#include "row_copy.hpp"

namespace curldescent {
namespace {

void check_dimensions(const ResultsFile& older, const Extents& extents) {
    Extents same = extents;
    same.replicates = older.extents().replicates;
    if (same == older.extents() && extents.replicates >= same.replicates) return;
    throw StorageError(
        fmt::format("{}: its dimensions are not those that its settings give today; go on with the build that began it",
                    older.path()));
}

}  // namespace

void create_grown_file(const ResultsFile& older, const std::string& path, const std::vector<Variable>& layout,
                       const Extents& extents) {
    check_dimensions(older, extents);
    create_results_file(path, layout, extents);
    write_whole_file(path, [&] { copy_rows(older, path, layout, [](const RunIndex& /*run*/) { return true; }); });
}

}  // namespace curldescent
