#pragma once

#include <string>
#include <vector>

#include "http/exchange.h"
#include "http/graph.h"
#include "http/limits.h"
#include "session/session.h"

namespace fanlight::http {

/// What can be asked about cameras and sessions (docs/signalling.md, REST). Threads: main only.
class Rest {
 public:
  Rest(session::Directory& directory, const Limits& limits);

  void cameras(const ExchangePtr& exchange) const;
  void camera(const std::string& id, const ExchangePtr& exchange) const;
  void pipeline_dot(const std::string& camera, const ExchangePtr& exchange) const;
  void pipeline_svg(const std::string& camera, const ExchangePtr& exchange);
  void sessions(const ExchangePtr& exchange);
  void session(const std::string& id, const ExchangePtr& exchange);
  void health(const ExchangePtr& exchange) const;
  void ready(const ExchangePtr& exchange) const;

 private:
  /// Runs `task` with fresh counters; requests that come together share one refresh.
  void when_refreshed(const ExchangePtr& exchange, std::function<void()> task);

  // Given.
  session::Directory& directory_;
  // Owned.
  Graph graph_;
  std::vector<std::function<void()>> refreshing_;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
