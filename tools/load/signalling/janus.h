#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "load/net/http.h"
#include "load/net/loop.h"
#include "load/rtc/local.h"
#include "load/signalling/signalling.h"

namespace fanlight::load {

/// The REST API of Janus and its streaming plug-in, for comparison: a session, a handle, a request
/// to watch; then the server offers and the viewer answers. Keeps the session alive.
class Janus : public Signalling {
 public:
  /// `base` is the URL of the API, such as http://host:8088/janus.
  Janus(Loop& loop, Http& http, Url base, const Address& server, std::uint64_t mountpoint,
        Local local, Observer& observer);

  void leave() override;

 private:
  using Next = std::function<void(const std::string& reply)>;

  void request(const std::string& path, const std::string& body, Next next);
  void call(HttpRequest request, Next next);
  void attach();
  void watch();
  void wait_for_offer();
  void answer(const std::string& offer);
  void keep_alive();

  Http& http_;
  const Url base_;
  const Address server_;
  const std::uint64_t mountpoint_;
  const Local local_;
  Observer& observer_;
  std::string session_; ///< Paths below the base.
  std::string handle_;
  Timer keep_alive_;
  std::unique_ptr<HttpCall> call_;
};

} // namespace fanlight::load
