#pragma once

#include <functional>
#include <memory>
#include <string>

#include <libsoup/soup.h>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight::support {

/// The HTTP of a WHEP player: one for any number of viewers.
///
/// Threads: main only. Callbacks come on main and not after this is gone.
class WhepClient {
 public:
  struct Reply {
    unsigned status = 0;
    std::string body;
    std::string location; ///< Absolute; empty if there is none.
  };
  using Done = std::function<void(Result<Reply>)>;

  WhepClient();
  ~WhepClient();

  /// POST of an SDP offer.
  void offer(const std::string& url, const std::string& sdp, Done done);
  /// DELETE of what an offer created.
  void leave(const std::string& location, Done done);

 private:
  void send(SoupMessage* message, Done done);

  Ref<SoupSession> session_;
  Ref<GCancellable> cancellable_;
};

} // namespace fanlight::support
