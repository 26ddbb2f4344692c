#include "curldescent/storage/merged_file.hpp"

#include "curldescent/storage/partial_file.hpp"
#include "row_copy.hpp"

namespace curldescent {

void create_merged_file(std::span<const std::string> parts, const RowSources& sources, const std::string& path,
                        const std::vector<Variable>& layout) {
    create_results_file(path, layout, sources.extents());
    write_whole_file(path, [&] {
        for (std::size_t k = 0; k < parts.size(); ++k) {
            copy_rows(ResultsFile(parts[k]), path, layout,
                      [&](const RunIndex& run) { return sources.is_from(run, static_cast<std::int32_t>(k)); });
        }
    });
}

}  // namespace curldescent
