#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"

namespace fanlight::http {

/// Serves the files of the web UI from one folder: nothing outside of it, no hidden files. Keeps
/// small files in memory, and notices changes on disk at the next request. If `name.br` or
/// `name.gz` is beside a file and not older, a client that accepts that coding gets it. Threads:
/// main only.
class StaticFiles {
 public:
  /// Origins whose pages may show the UI in a frame, besides its own; "*": all.
  using FrameAncestors = std::function<std::vector<std::string>()>;

  /// `root` is server.web_root; empty: the installed UI, or else the one beside the source.
  /// `ancestors` is called for each file; empty: no other origin. Errc::not_found names the folder.
  static Result<std::unique_ptr<StaticFiles>> create(const std::string& root,
                                                     FrameAncestors ancestors = {});

  /// Answers GET or HEAD of the decoded path segments; without segments, index.html.
  void get(const std::vector<std::string>& segments, const ExchangePtr& exchange);

  const std::filesystem::path& root() const { return root_; }

 private:
  struct Kept {
    std::string etag;
    OwnedBytes content;
  };
  struct File {
    std::filesystem::path path;
    std::string etag;
    std::uintmax_t size = 0;
    std::int64_t changed_ns = 0;
    const char* type = nullptr;
    const char* coding = nullptr; ///< None: as it is.
  };
  StaticFiles(std::filesystem::path root, FrameAncestors ancestors)
      : ancestors_(std::move(ancestors)), root_(std::move(root)) {}
  std::unique_ptr<File> find(const std::vector<std::string>& segments) const;
  std::unique_ptr<File> open(std::filesystem::path path) const;
  std::unique_ptr<File> coded(const File& file, const std::string& accepted) const;
  void add_headers(Exchange& exchange, const File& file) const;
  void load(const File& file, const ExchangePtr& exchange);
  void load_now(const File& file, Exchange& exchange);
  void keep(const File& file, GBytes* content);

  // Given.
  const FrameAncestors ancestors_;
  // Owned.
  const std::filesystem::path root_;           ///< Without symbolic links.
  std::unordered_map<std::string, Kept> kept_; ///< By path.
  std::size_t kept_bytes_ = 0;
  gint64 cleared_at_ = 0;                                        ///< Monotonic µs.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

/// By the file's extension; application/octet-stream if it is unknown.
const char* mime_type(const std::filesystem::path& path);

} // namespace fanlight::http
