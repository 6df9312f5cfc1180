#pragma once

#include <memory>
#include <string>

#include "load/net/http.h"
#include "load/rtc/local.h"
#include "load/signalling/target.h"

namespace fanlight::load {

/// How a viewer and a server come to know each other's descriptions. Ends silently when destroyed.
class Signalling {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// The server's description, when ours has reached it. Once.
    virtual void on_remote(const std::string& sdp) = 0;
    virtual void on_refused(const std::string& why) = 0;
    virtual void on_left(const std::string& error) = 0; ///< Empty: in order.
  };

  virtual ~Signalling() = default;
  /// To be called once, after on_remote(); the answer is on_left(), which may destroy this.
  virtual void leave() = 0;
};
/// As the target wants it. What comes of it comes later, from the loop.
std::unique_ptr<Signalling> begin_signalling(Loop& loop, Http& http, const Target& target,
                                             const Local& local, Signalling::Observer& observer);

} // namespace fanlight::load
