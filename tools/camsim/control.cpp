#include "control.h"

#include <libsoup/soup.h>

#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

class HttpControl : public Control {
 public:
  HttpControl(FaultStates states, Relay& relay)
      : states_(std::move(states)), relay_(relay), server_(soup_server_new(nullptr, nullptr)) {
    soup_server_add_handler(
        server_, nullptr,
        [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable*, gpointer self) {
          static_cast<HttpControl*>(self)->serve(message, path);
        },
        this, nullptr);
  }
  ~HttpControl() override {
    soup_server_disconnect(server_);
    g_object_unref(server_);
  }

  Result<Done> listen(const Listen& where) {
    GError* raw = nullptr;
    const Owned<GSocketAddress, g_object_unref> address{
        g_inet_socket_address_new_from_string(where.host.c_str(), static_cast<guint>(where.port))};
    if (!address)
      return Error{Errc::invalid, "--control " + where.host + ": must be an address, no name"};
    soup_server_listen(server_, address.get(), static_cast<SoupServerListenOptions>(0), &raw);
    if (const GErrorPtr error{raw}; error)
      return Error{Errc::unavailable, std::string{"--control: "} + error->message};
    return Done{};
  }

  std::string url() const override {
    GSList* const uris = soup_server_get_uris(server_);
    std::string text = take_string(g_uri_to_string(static_cast<GUri*>(uris->data)));
    g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
    while (text.ends_with('/')) text.pop_back();
    return text;
  }

 private:
  static void answer(SoupServerMessage* message, guint status, const std::string& text) {
    soup_server_message_set_status(message, status, nullptr);
    soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, text.data(),
                                     text.size());
  }

  /// /cameras/ID, /cameras/ID/faults, /cameras/ID/close, /cameras/ID/reset
  void serve(SoupServerMessage* message, std::string path) {
    constexpr std::string_view kCameras = "/cameras/";
    if (!path.starts_with(kCameras)) return answer(message, 404, "{}");
    path.erase(0, kCameras.size());
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string id = path.substr(0, slash);
    const std::string what = path.substr(slash);
    const std::string method = soup_server_message_get_method(message);
    const auto state = states_.find(id);
    if (state == states_.end()) return answer(message, 404, "{\"error\":\"no such camera\"}");
    if (what == "/faults" && method == "PUT") {
      const SoupMessageBody* const body = soup_server_message_get_request_body(message);
      auto faults = read_faults({body->data, static_cast<std::size_t>(body->length)});
      if (!faults) return answer(message, 400, "{\"error\":\"" + faults.error().message + "\"}");
      if (!faults->as.empty() && !states_.contains(faults->as))
        return answer(message, 400, "{\"error\":\"as: there is no such camera\"}");
      state->second->set(std::move(*faults));
    } else if (what == "/faults" && method == "DELETE") {
      state->second->set({});
    } else if ((what == "/close" || what == "/reset") && method == "POST") {
      relay_.end_connections(id, what == "/reset");
    } else if (!what.empty() || method != "GET") {
      return answer(message, 405, "{}");
    }
    answer(message, 200, describe(id, *state->second));
  }

  std::string describe(const std::string& id, const FaultState& state) const {
    std::string requests;
    for (const auto& [method, count] : state.requests())
      requests += (requests.empty() ? "\"" : ",\"") + method + "\":" + std::to_string(count);
    return "{\"connections\":" + std::to_string(relay_.connections(id)) + ",\"requests\":{" +
           requests + "},\"faults\":" + write_faults(*state.get()) + "}\n";
  }

  const FaultStates states_;
  Relay& relay_;
  SoupServer* const server_;
};

} // namespace

Result<std::unique_ptr<Control>> Control::create(const Listen& listen, FaultStates states,
                                                 Relay& relay) {
  auto control = std::make_unique<HttpControl>(std::move(states), relay);
  if (auto done = control->listen(listen); !done) return done.error();
  return std::unique_ptr<Control>{std::move(control)};
}

} // namespace fanlight::camsim
