#pragma once

#include <toml++/toml.h>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace curldescent {

/// A value of an experiment file, or of a `--set` argument, under its dotted name.
struct TomlEntry {
    std::string name;         ///< "network.inputs", "sweep.network.ratio", "sweep.zip"
    const toml::node* value;  ///< owned by the document
    std::string origin;       ///< "file.toml:12" or "--set key=value", for messages
};

/// An experiment file and its overrides as a flat list of entries in the order written. A sweep over a key may be
/// written "network.ratio" in quotes or as a nested table: both give the same name.
class TomlDocument {
  public:
    /// Throws InputError with file and line when the text is not TOML or names a key twice.
    TomlDocument(std::string_view text, std::string_view source);

    /// Replaces or appends the entry of `key=value`. A swept key that is set loses its axis, and a set key that is
    /// swept loses its value. Throws InputError when it is not of that form.
    void override_entry(const std::string& argument);

    [[nodiscard]] const std::vector<TomlEntry>& entries() const { return entries_; }

  private:
    void flatten(const toml::table& table, const std::string& prefix, const std::string& source);
    void refuse_duplicates() const;
    void remove_entry(std::string_view name);

    std::deque<toml::table> documents_;  // the file, then one per override; stable addresses
    std::vector<TomlEntry> entries_;
};

}  // namespace curldescent
