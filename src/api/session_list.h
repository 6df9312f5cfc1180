#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/limits.h"
#include "http/owned.h"
#include "session/session.h"

namespace fanlight::http {

/// Pages of the list of sessions as JSON (docs/signalling.md, REST), with fresh counters. A page is
/// written over several turns of the loop, a few pages at once; who asks for a page that is not
/// finished gets the same one.
///
/// Threads: main only.
class SessionList {
 public:
  using Done = std::function<void(const Result<GBytes*>&)>;

  SessionList(session::Directory& directory, const Limits& limits)
      : directory_(directory), limits_(limits) {}

  /// The sessions behind `after`, at most `most` of them. `done` gets the body, which it shares, in
  /// a later turn unless the list is destroyed before. Errc::busy.
  void get(const std::string& after, std::size_t most, Done done);

 private:
  struct Page {
    std::string after;
    std::size_t most = 0;
    std::vector<Done> waiting;
    std::string text;
    std::size_t written = 0;
    std::string last; ///< The id of the last session that was written.
  };
  using PagePtr = std::shared_ptr<Page>;
  void begin(const PagePtr& page);
  void continue_page(const PagePtr& page);
  void finish(const PagePtr& page, bool more);

  // Given.
  session::Directory& directory_;
  const Limits& limits_;
  // Owned.
  std::deque<PagePtr> pages_; ///< The first few are being written, the others wait.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
