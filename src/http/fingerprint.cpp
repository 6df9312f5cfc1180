#include "http/fingerprint.h"

#include <algorithm>
#include <cstdint>
#include <system_error>
#include <vector>

#include "http/owned.h"

namespace fanlight::http {
namespace {

namespace filesystem = std::filesystem;

constexpr std::size_t kMaxFiles = 4096;
/// Of a larger file, only size and time count: it is not a part of the program.
constexpr std::uintmax_t kMaxRead = 1024 * 1024;
constexpr std::size_t kDigits = 16;

bool counts(const filesystem::path& path) {
  const std::string name = path.filename();
  return !name.starts_with('.') && !name.ends_with(".br") && !name.ends_with(".gz");
}

/// Empty: not to be read. Sorted, because a folder lists its files in any order.
std::vector<filesystem::path> files_below(const filesystem::path& folder) {
  std::vector<filesystem::path> files;
  std::error_code error;
  filesystem::recursive_directory_iterator entry{folder, error};
  for (; !error && entry != filesystem::recursive_directory_iterator{}; entry.increment(error)) {
    if (!counts(entry->path())) {
      entry.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
    if (files.size() > kMaxFiles) return {};
  }
  if (error) return {};
  std::sort(files.begin(), files.end());
  return files;
}

void add(GChecksum* sum, const std::string& text) {
  // With its end, so that two texts are not taken for one.
  g_checksum_update(sum, reinterpret_cast<const guchar*>(text.c_str()),
                    static_cast<gssize>(text.size() + 1));
}

void add_content(GChecksum* sum, const filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = filesystem::file_size(file, error);
  gchar* text = nullptr;
  gsize length = 0;
  if (!error && size <= kMaxRead && g_file_get_contents(file.c_str(), &text, &length, nullptr)) {
    const OwnedText content{text};
    add(sum, std::to_string(length));
    g_checksum_update(sum, reinterpret_cast<const guchar*>(text), static_cast<gssize>(length));
    return;
  }
  const auto changed = filesystem::last_write_time(file, error).time_since_epoch().count();
  add(sum, std::to_string(size) + ' ' + std::to_string(changed));
}

} // namespace

std::string fingerprint_of(const filesystem::path& folder) {
  const std::vector<filesystem::path> files = files_below(folder);
  if (files.empty()) return {};
  const Owned<GChecksum, g_checksum_free> sum{g_checksum_new(G_CHECKSUM_SHA256)};
  for (const filesystem::path& file : files) {
    add(sum.get(), file.lexically_relative(folder));
    add_content(sum.get(), file);
  }
  return std::string{g_checksum_get_string(sum.get())}.substr(0, kDigits);
}

} // namespace fanlight::http
