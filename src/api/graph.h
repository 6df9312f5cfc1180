#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/limits.h"

namespace fanlight::http {

/// Draws Graphviz documents as SVG with the program `dot`, with limits on their number and time.
/// Threads: main only.
class Graph {
 public:
  explicit Graph(const Limits& limits) : limits_(limits) {}

  /// `done` runs on main, once, in a later turn. Errc::not_found: Graphviz is not installed; busy;
  /// internal: it failed, was too slow or drew too much.
  void draw(const std::string& dot, std::function<void(Result<std::string>)> done);

 private:
  // Given.
  const Limits& limits_;
  // Owned.
  std::shared_ptr<std::size_t> running_ = std::make_shared<std::size_t>(0);
};

} // namespace fanlight::http
