#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/camera_list.h"
#include "api/graph.h"
#include "api/session_list.h"
#include "base/loop_lag.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "session/session.h"

namespace fanlight::http {

/// Questions about cameras and sessions (docs/signalling.md, REST). Any client may ask, so long
/// work is done in slices or on other threads, once for all clients that ask meanwhile. Threads:
/// main only.
class Rest {
 public:
  Rest(cameras::CameraDirectory& directory, session::Directory& sessions, CameraList& cameras,
       const Limits& limits);

  void cameras(const ExchangePtr& exchange);
  void camera(const std::string& id, const ExchangePtr& exchange) const;
  void pipeline_dot(const std::string& camera, const ExchangePtr& exchange);
  void pipeline_svg(const std::string& camera, const ExchangePtr& exchange);
  void sessions(const ExchangePtr& exchange);
  void session(const std::string& id, const ExchangePtr& exchange);
  void health(const ExchangePtr& exchange);
  void ready(const ExchangePtr& exchange);
  void server(const ExchangePtr& exchange) const;

 private:
  /// Answers with what `answer` finds in the texts.
  void with_cameras(const ExchangePtr& exchange,
                    std::function<void(Exchange&, const CameraList::Texts&)> answer);
  void draw(const std::string& camera);
  /// Answers all who wait for the drawing of `camera`.
  void drawn(const std::string& camera, const std::function<void(Exchange&)>& answer);

  // Given.
  cameras::CameraDirectory& directory_;
  session::Directory& sessions_;
  CameraList& cameras_;
  const Limits& limits_;
  // Owned.
  Graph graph_;
  SessionList session_list_;
  LoopLag lag_;
  std::map<std::string, std::vector<ExchangePtr>> drawings_;     ///< Who waits for one, by camera.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
