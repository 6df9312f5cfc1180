#include "load/signalling/janus.h"

#include <utility>

#include "load/signalling/json.h"
#include "load/signalling/whep.h"

namespace fanlight::load {
namespace {

/// Janus drops a session after a minute without requests.
constexpr std::chrono::seconds kKeepAlive{25};

std::string message(const std::string& kind) {
  return R"({"transaction":"load","janus":")" + kind + "\"";
}

} // namespace

Janus::Janus(Loop& loop, Http& http, Url base, const Address& server, std::uint64_t mountpoint,
             Local local, Observer& observer)
    : http_(http), base_(std::move(base)), server_(server), mountpoint_(mountpoint),
      local_(std::move(local)), observer_(observer), keep_alive_(loop, [this] { keep_alive(); }) {
  request("", message("create") + "}", [this](const std::string& reply) {
    session_ = "/" + std::to_string(json_number(reply, "id"));
    attach();
  });
}

void Janus::attach() {
  request(session_, message("attach") + R"(,"plugin":"janus.plugin.streaming"})",
          [this](const std::string& reply) {
            handle_ = session_ + "/" + std::to_string(json_number(reply, "id"));
            watch();
          });
}

void Janus::watch() {
  const std::string body = R"(,"body":{"request":"watch","id":)" + std::to_string(mountpoint_);
  request(handle_, message("message") + body + "}}",
          [this](const std::string&) { wait_for_offer(); });
}

/// Events arrive one by one, as responses to GET.
void Janus::wait_for_offer() {
  Url url = base_;
  url.path += session_ + "?maxev=1";
  call({.method = "GET", .url = std::move(url), .server = server_, .content_type = {}, .body = {}},
       [this](const std::string& event) {
         const std::string offer = json_string(event, "sdp");
         const std::string error = json_string(event, "error");
         if (!error.empty()) return observer_.on_refused("watch: " + error);
         offer.empty() ? wait_for_offer() : answer(offer);
       });
}

void Janus::answer(const std::string& offer) {
  JsonWriter jsep{false};
  jsep.object()
      .add("type", "answer")
      .add("sdp", write_answer(local_, offer))
      .add("trickle", false)
      .end();
  const std::string body = R"(,"body":{"request":"start"},"jsep":)" + jsep.text();
  request(handle_, message("message") + body + "}", [this, offer](const std::string&) {
    keep_alive_.start(Clock::now() + kKeepAlive);
    observer_.on_remote(offer);
  });
}

void Janus::keep_alive() {
  request(session_, message("keepalive") + "}",
          [this](const std::string&) { keep_alive_.start(Clock::now() + kKeepAlive); });
}

void Janus::leave() {
  keep_alive_.stop();
  Url url = base_;
  url.path += session_;
  call_ = http_.call({.method = "POST",
                      .url = std::move(url),
                      .server = server_,
                      .content_type = "application/json",
                      .body = message("destroy") + "}"},
                     [this](const HttpResponse& response) {
                       const bool done = response.status == 200;
                       observer_.on_left(done ? "" : describe_failure("destroy", response));
                     });
}

void Janus::request(const std::string& path, const std::string& body, Next next) {
  Url url = base_;
  url.path += path;
  call({.method = "POST",
        .url = std::move(url),
        .server = server_,
        .content_type = "application/json",
        .body = body},
       std::move(next));
}

void Janus::call(HttpRequest request, Next next) {
  const std::string method = request.method;
  call_ = http_.call(
      std::move(request), [this, method, next = std::move(next)](const HttpResponse& response) {
        const auto finished = std::move(call_); // This runs within it.
        if (response.status != 200) return observer_.on_refused(describe_failure(method, response));
        if (json_string(response.body, "janus") == "error")
          return observer_.on_refused(method + ": " + json_string(response.body, "reason"));
        next(response.body);
      });
}

} // namespace fanlight::load
