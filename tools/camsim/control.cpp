#include "control.h"

#include <algorithm>
#include <sstream>

#include <libsoup/soup.h>

#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

class HttpControl : public Control {
 public:
  HttpControl(std::vector<CameraSpec> cameras, FaultStates states, Relay& relay)
      : cameras_(std::move(cameras)), states_(std::move(states)), relay_(relay),
        server_(soup_server_new(nullptr, nullptr)) {
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
      return Error{Errc::invalid, "--control " + where.host + ": use an IP address, not a name"};
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
  struct Answer {
    guint status;
    std::string body;
  };

  static Answer refusal(guint status, const std::string& why) {
    return {status, "{\"error\":" + quote(why) + "}\n"};
  }

  void serve(SoupServerMessage* message, const std::string& path) {
    const SoupMessageBody* const body = soup_server_message_get_request_body(message);
    const std::string text = body->data == nullptr
                                 ? std::string{}
                                 : std::string(body->data, static_cast<std::size_t>(body->length));
    const Answer out = serve(soup_server_message_get_method(message), path, text);
    soup_server_message_set_status(message, out.status, nullptr);
    soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, out.body.data(),
                                     out.body.size());
  }

  Answer serve(const std::string& method, const std::string& path, const std::string& body) {
    constexpr std::string_view kCameras = "/cameras/";
    if (path == "/" && method == "GET") return {200, describe()};
    if (path == "/refuse" && (method == "PUT" || method == "DELETE")) {
      relay_.refuse(method == "PUT");
      return {200, describe()};
    }
    if (!path.starts_with(kCameras)) return refusal(404, method + " " + path + " does not exist");
    const std::string rest = path.substr(kCameras.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string id = rest.substr(0, slash);
    const auto camera = std::ranges::find(cameras_, id, &CameraSpec::id);
    if (camera == cameras_.end()) return refusal(404, "there is no camera '" + id + "'");
    return serve(*camera, method, rest.substr(slash), body);
  }

  Answer serve(const CameraSpec& camera, const std::string& method, const std::string& what,
               const std::string& body) {
    constexpr std::string_view kFault = "/faults/";
    FaultState& state = *states_.at(camera.id);
    if (what == "/faults" && (method == "PUT" || method == "POST")) {
      const auto faults = read_faults(body, method == "POST" ? state.wanted() : Faults{});
      if (!faults) return refusal(400, faults.error().message);
      if (auto checked = check_faults(*faults, camera, cameras_); !checked)
        return refusal(400, checked.error().message);
      state.set(*faults);
    } else if (what == "/faults" && method == "DELETE") {
      state.set({});
    } else if (what.starts_with(kFault) && method == "DELETE") {
      const auto faults = clear_fault(state.wanted(), what.substr(kFault.size()));
      if (!faults) return refusal(404, faults.error().message);
      state.set(*faults);
    } else if ((what == "/close" || what == "/reset") && method == "POST") {
      relay_.end_connections(camera.id, what == "/reset");
    } else if (!what.empty() || method != "GET") {
      return refusal(404, method + " " + what + " does not exist for cameras");
    }
    return {200, describe(camera.id) + "\n"};
  }

  template <typename Map> static std::string counts(const Map& map) {
    std::ostringstream out;
    out << "{";
    for (const auto& [name, count] : map)
      out << (out.tellp() > 1 ? ",\"" : "\"") << name << "\":" << count;
    out << "}";
    return out.str();
  }

  std::string describe(const std::string& id) const {
    const FaultState& state = *states_.at(id);
    const Counts seen = state.counts();
    return "{\"connections\":" + std::to_string(relay_.connections(id)) +
           ",\"connections_total\":" + std::to_string(seen.connections) +
           ",\"logins\":" + std::to_string(seen.logins) + ",\"requests\":" + counts(seen.requests) +
           ",\"answers\":" + counts(seen.answers) +
           ",\"key_frame_requests\":" + std::to_string(seen.key_frame_requests) +
           ",\"faults\":" + write_faults(*state.get()) + "}";
  }

  std::string describe() const {
    std::string all;
    for (const CameraSpec& camera : cameras_)
      all += (all.empty() ? "\"" : ",\"") + camera.id + "\":" + describe(camera.id);
    return std::string{"{\"refuse\":"} + (relay_.refuses() ? "true" : "false") + ",\"cameras\":{" +
           all + "}}\n";
  }

  const std::vector<CameraSpec> cameras_;
  const FaultStates states_;
  Relay& relay_;
  SoupServer* const server_;
};

} // namespace

Result<std::unique_ptr<Control>> Control::create(const Listen& listen,
                                                 std::vector<CameraSpec> cameras,
                                                 FaultStates states, Relay& relay) {
  auto control = std::make_unique<HttpControl>(std::move(cameras), std::move(states), relay);
  if (auto done = control->listen(listen); !done) return done.error();
  return std::unique_ptr<Control>{std::move(control)};
}

} // namespace fanlight::camsim
