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

/// The files of the web UI, from one folder: nothing outside of it, no hidden file, small files
/// kept in memory. A change on disk is seen at the next request. Where `name.br` or `name.gz` is
/// beside a file and not older, a client that takes that coding gets it. Threads: main only.
class StaticFiles {
 public:
  /// Origins whose pages may put the UI in a frame, beside its own; "*": all of them.
  using FrameAncestors = std::function<std::vector<std::string>()>;

  /// `root`: server.web_root; empty: the installed UI, else the one beside the source.
  /// `ancestors` is asked for each file; empty: none. Errc::not_found names the folder.
  static Result<std::unique_ptr<StaticFiles>> create(const std::string& root,
                                                     FrameAncestors ancestors = {});

  /// GET or HEAD of the decoded path segments; none is index.html.
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
  const std::filesystem::path root_;           ///< Without links.
  std::unordered_map<std::string, Kept> kept_; ///< By path.
  std::size_t kept_bytes_ = 0;
  gint64 cleared_at_ = 0;                                        ///< Monotonic µs.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

/// By the file's extension; application/octet-stream where it is unknown.
const char* mime_type(const std::filesystem::path& path);

} // namespace fanlight::http
