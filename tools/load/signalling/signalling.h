#pragma once

#include <memory>
#include <string>

#include "load/net/http.h"
#include "load/rtc/local.h"
#include "load/signalling/target.h"

namespace fanlight::load {

/// Exchanges the descriptions of a viewer and a server. Ends silently when destroyed.
class Signalling {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// The server's description, after ours has reached the server. Once.
    virtual void on_remote(const std::string& sdp) = 0;
    virtual void on_refused(const std::string& why) = 0;
    virtual void on_left(const std::string& error) = 0; ///< Empty: no error.
  };

  virtual ~Signalling() = default;
  /// Call once, after on_remote(); on_left() reports the end and may destroy this.
  virtual void leave() = 0;
};
/// Begins the signalling of the target's kind. Reports results later, from the loop.
std::unique_ptr<Signalling> begin_signalling(Loop& loop, Http& http, const Target& target,
                                             const Local& local, Signalling::Observer& observer);

} // namespace fanlight::load
