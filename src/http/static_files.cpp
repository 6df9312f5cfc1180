#include "http/static_files.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace fanlight::http {
namespace {

namespace filesystem = std::filesystem;

constexpr std::uintmax_t kMaxFile = 64 * 1024 * 1024;
constexpr std::uintmax_t kMaxKeptFile = 1024 * 1024;
constexpr std::size_t kMaxKept = 32 * 1024 * 1024;
/// Kept files may be gone from the disk, so the cache is cleared when it is full; but not more
/// often than this, in case the folder is larger than the cache.
constexpr gint64 kClearAgainUs = 60 * G_USEC_PER_SEC;

/// What a client can be given in place of a file, the smallest first.
struct Coding {
  const char* name;
  const char* suffix;
};
constexpr std::array kCodings{Coding{"br", ".br"}, Coding{"gzip", ".gz"}};

constexpr std::array<std::pair<std::string_view, const char*>, 20> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".gif", "image/gif"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
}};

bool is_plain(const std::string& segment) {
  return !segment.empty() && segment.front() != '.' &&
         segment.find_first_of(std::string_view{"/\\\0", 3}) == std::string::npos;
}

/// Whether `path` is below `root`; both without symbolic links.
bool is_below(const filesystem::path& path, const filesystem::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

/// Whether Accept-Encoding lists the coding, and not by q=0 (RFC 9110, section 12.5.3).
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::string_view item = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), item.size() + 1));
    const std::size_t begin = item.find_first_not_of(" \t");
    if (begin == item.npos) continue;
    const std::size_t end = item.find_first_of(" \t;", begin);
    const std::string_view name = item.substr(begin, end == item.npos ? end : end - begin);
    if (name.size() != coding.size() ||
        g_ascii_strncasecmp(name.data(), coding.data(), coding.size()) != 0)
      continue;
    const std::size_t weight = item.find("q=");
    return weight == item.npos || item.find_first_of("123456789", weight) != item.npos;
  }
  return false;
}

/// Checks If-None-Match by the weak comparison.
bool is_known(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

void not_found(Exchange& exchange) {
  exchange.respond(404, "text/plain; charset=utf-8", "There is nothing at this address.\n");
}

} // namespace

const char* mime_type(const filesystem::path& path) {
  const std::string extension = path.extension();
  for (const auto& [known, type] : kTypes)
    if (g_ascii_strcasecmp(extension.c_str(), std::string{known}.c_str()) == 0) return type;
  return "application/octet-stream";
}

Result<std::unique_ptr<StaticFiles>> StaticFiles::create(const std::string& root,
                                                         FrameAncestors ancestors) {
  std::vector<filesystem::path> candidates{root};
  if (root.empty()) {
    candidates = {FANLIGHT_WEB_INSTALLED, FANLIGHT_WEB_SOURCE};
    // A program in a build folder serves the page of its source, even if another one is installed.
    std::error_code ignored;
    if (filesystem::read_symlink("/proc/self/exe", ignored).parent_path() != FANLIGHT_BIN_INSTALLED)
      std::swap(candidates[0], candidates[1]);
  }
  for (const filesystem::path& candidate : candidates) {
    std::error_code error;
    filesystem::path folder = filesystem::canonical(candidate, error);
    if (!error && filesystem::is_directory(folder, error) && !error)
      return std::unique_ptr<StaticFiles>{new StaticFiles(std::move(folder), std::move(ancestors))};
  }
  return Error{Errc::not_found, "opening the web UI: the folder '" + candidates.front().string() +
                                    "' does not exist; set server.web_root to the folder that "
                                    "contains index.html"};
}

std::unique_ptr<StaticFiles::File>
StaticFiles::find(const std::vector<std::string>& segments) const {
  filesystem::path path = root_;
  if (segments.empty()) path /= "index.html";
  for (const std::string& segment : segments) {
    if (!is_plain(segment)) return nullptr;
    path /= segment;
  }
  return open(std::move(path));
}

std::unique_ptr<StaticFiles::File> StaticFiles::open(filesystem::path path) const {
  std::error_code error;
  path = filesystem::canonical(path, error);
  if (error || !is_below(path, root_)) return nullptr;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  if (size > kMaxFile) return nullptr;
  const std::string etag = '"' + std::to_string(status.st_ino) + '-' + std::to_string(size) + '-' +
                           std::to_string(status.st_mtim.tv_sec) + '.' +
                           std::to_string(status.st_mtim.tv_nsec) + '"';
  const std::int64_t changed_ns =
      std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  const char* type = mime_type(path);
  return std::make_unique<File>(File{
      .path = std::move(path), .etag = etag, .size = size, .changed_ns = changed_ns, .type = type});
}

/// The same content in a coding that the client takes; none: there is none, or it is of an older
/// content.
std::unique_ptr<StaticFiles::File> StaticFiles::coded(const File& file,
                                                      const std::string& accepted) const {
  for (const Coding& coding : kCodings) {
    if (!accepts(accepted, coding.name)) continue;
    auto other = open(file.path.string() + coding.suffix);
    if (!other || other->changed_ns < file.changed_ns) continue;
    if (access(other->path.c_str(), R_OK) != 0) continue;
    other->type = file.type;
    other->coding = coding.name;
    return other;
  }
  return nullptr;
}

void StaticFiles::add_headers(Exchange& exchange, const File& file) const {
  std::string ancestors = "'self'";
  for (const std::string& origin : ancestors_ ? ancestors_() : std::vector<std::string>{})
    ancestors += ' ' + origin;
  exchange.set_header("ETag", file.etag);
  exchange.set_header("Cache-Control", "no-cache"); // Ask each time; 304 is cheap.
  exchange.add_header("Vary", "Accept-Encoding");
  if (file.coding != nullptr) exchange.set_header("Content-Encoding", file.coding);
  // What the page never asks for, so that no script that gets into it can.
  exchange.set_header("Permissions-Policy",
                      "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), "
                      "payment=(), usb=()");
  exchange.set_header(
      "Content-Security-Policy",
      "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; "
      "media-src 'self' blob: mediastream:; style-src 'self'; "
      "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
      "frame-ancestors " +
          ancestors);
}

void StaticFiles::get(const std::vector<std::string>& segments, const ExchangePtr& exchange) {
  auto file = find(segments);
  if (!file) return not_found(*exchange);
  if (auto smaller = coded(*file, exchange->header("Accept-Encoding"))) file = std::move(smaller);
  add_headers(*exchange, *file);
  if (exchange->has_header("If-None-Match") &&
      is_known(exchange->header("If-None-Match"), file->etag))
    return exchange->respond(304);
  const auto kept = kept_.find(file->path);
  if (kept != kept_.end() && kept->second.etag == file->etag)
    return exchange->respond(200, file->type, kept->second.content.get());
  load(*file, exchange);
}

void StaticFiles::load(const File& file, const ExchangePtr& exchange) {
  if (file.size <= kMaxKeptFile && kept_bytes_ + file.size <= kMaxKept)
    return load_now(file, *exchange);
  struct Loading {
    StaticFiles* self;
    std::weak_ptr<char> alive;
    File file;
    ExchangePtr exchange;
  };
  exchange->wait({});
  const Owned<GFile> source{g_file_new_for_path(file.path.c_str())};
  g_file_load_bytes_async(
      source.get(), nullptr,
      +[](GObject* loaded, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Loading> loading{static_cast<Loading*>(data)};
        const OwnedBytes content{
            g_file_load_bytes_finish(G_FILE(loaded), result, nullptr, nullptr)};
        if (!content) return not_found(*loading->exchange);
        if (!loading->alive.expired()) loading->self->keep(loading->file, content.get());
        loading->exchange->respond(200, loading->file.type, content.get());
      },
      new Loading{this, alive_, file, exchange});
}

/// GLib reads files on another thread, and waits if the system has no thread left; the page must
/// work even then. Therefore small files are read here once, mostly from the page cache. If there
/// are more than the cache holds, they are read here again.
void StaticFiles::load_now(const File& file, Exchange& exchange) {
  gchar* text = nullptr;
  gsize size = 0;
  if (!g_file_get_contents(file.path.c_str(), &text, &size, nullptr)) return not_found(exchange);
  const OwnedBytes content{g_bytes_new_take(text, size)};
  keep(file, content.get());
  exchange.respond(200, file.type, content.get());
}

void StaticFiles::keep(const File& file, GBytes* content) {
  if (file.size > kMaxKeptFile || g_bytes_get_size(content) != file.size) return;
  if (kept_bytes_ + file.size > kMaxKept) {
    const gint64 now = g_get_monotonic_time();
    if (cleared_at_ != 0 && now - cleared_at_ < kClearAgainUs) return;
    cleared_at_ = now;
    kept_.clear();
    kept_bytes_ = 0;
  }
  Kept& kept = kept_[file.path];
  if (kept.content) kept_bytes_ -= g_bytes_get_size(kept.content.get());
  kept = {file.etag, OwnedBytes{g_bytes_ref(content)}};
  kept_bytes_ += file.size;
}

} // namespace fanlight::http
