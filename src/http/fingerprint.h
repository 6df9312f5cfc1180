#pragma once

#include <filesystem>
#include <string>

namespace fanlight::http {

/// 16 hexadecimal digits that change when a file below `folder` is added, removed, renamed or gets
/// another content. Equal folders have equal ones on all machines. Hidden files and precompressed
/// ones do not count. Empty if the folder cannot be read, or if it has too many files for a page.
std::string fingerprint_of(const std::filesystem::path& folder);

} // namespace fanlight::http
