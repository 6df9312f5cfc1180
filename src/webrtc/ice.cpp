#include "webrtc/ice.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <nice/agent.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "base/log.h"

namespace fanlight::webrtc {
namespace {

/// The addresses of all interfaces that are up, loopback first; link-local IPv6 needs a scope and
/// is of no use here.
std::vector<std::string> local_addresses() {
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeWith<freeifaddrs>> interfaces{raw};
  std::vector<std::string> loopback;
  std::vector<std::string> other;
  for (const ifaddrs* entry = interfaces.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const int family = entry->ifa_addr->sa_family;
    const void* address = nullptr;
    if (family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
    } else if (family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
      if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) continue;
      address = &v6->sin6_addr;
    } else {
      continue;
    }
    char text[INET6_ADDRSTRLEN];
    if (inet_ntop(family, address, text, sizeof text) == nullptr) continue;
    ((entry->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : other).push_back(text);
  }
  loopback.insert(loopback.end(), other.begin(), other.end());
  return loopback;
}

/// RTCIceServer's "turn:host:port?transport=udp" as webrtcbin wants it:
/// "turn://user:password@host:port?transport=udp".
std::string turn_uri(const std::string& url, const config::IceServer& server) {
  const auto escape = [](const std::string& text) {
    return take_string(g_uri_escape_string(text.c_str(), nullptr, FALSE));
  };
  const auto colon = url.find(':');
  return url.substr(0, colon) + "://" + escape(server.username) + ":" + escape(server.credential) +
         "@" + url.substr(colon + 1);
}

void add_servers(GstElement* webrtcbin, const config::WebRtc& config) {
  bool has_stun = false; // webrtcbin keeps one.
  for (const config::IceServer& server : config.ice_servers) {
    for (const std::string& url : server.urls) {
      if (url.rfind("stun:", 0) == 0) {
        if (std::exchange(has_stun, true)) continue;
        const std::string uri = "stun://" + url.substr(5);
        g_object_set(webrtcbin, "stun-server", uri.c_str(), nullptr);
      } else {
        gboolean added = FALSE;
        g_signal_emit_by_name(webrtcbin, "add-turn-server", turn_uri(url, server).c_str(), &added);
        if (!added) log::warning("session", {}, "webrtcbin rejects the TURN server " + url);
      }
    }
  }
}

constexpr guint kStream = 1; // The only one: all media are bundled.

/// When the last packet was read from the socket, by the system's clock. 0: none, or not by UDP.
std::int64_t last_arrival_us(GSocket* socket) {
  timeval at{};
  if (ioctl(g_socket_get_fd(socket), SIOCGSTAMP, &at) != 0) return 0;
  return std::int64_t{at.tv_sec} * G_USEC_PER_SEC + at.tv_usec;
}

Ref<GObject> object_of(gpointer owner, const char* name) {
  GObject* raw = nullptr;
  g_object_get(owner, name, &raw, nullptr);
  return Ref<GObject>::adopt(raw);
}

} // namespace

bool is_loopback(const std::string& address) {
  return address.rfind("127.", 0) == 0 || address == "::1" || address.rfind("::ffff:127.", 0) == 0;
}

void configure_ice(GstElement* webrtcbin, const IceSettings& settings) {
  add_servers(webrtcbin, settings.config);
  const Ref<GObject> ice = object_of(webrtcbin, "ice-agent");
  if (settings.config.udp_port_max != 0)
    g_object_set(ice.get(), "min-rtp-port", guint{settings.config.udp_port_min}, "max-rtp-port",
                 guint{settings.config.udp_port_max}, nullptr);
  if (is_loopback(settings.client_address)) {
    for (const std::string& address : local_addresses()) {
      gboolean added = FALSE;
      g_signal_emit_by_name(ice.get(), "add-local-ip-address", address.c_str(), &added);
    }
  }
  const Ref<GObject> agent = object_of(ice.get(), "agent");
  // UPnP waits for routers that do not exist. Checks every 5 ms instead of 20 (the minimum of RFC
  // 8445, section 14.2; with few candidates, the bit rate stays far below what it allows), and
  // keep-alives that detect a lost viewer.
  g_object_set(agent.get(), "upnp", FALSE, "stun-pacing-timer", guint{5}, "keepalive-conncheck",
               TRUE, nullptr);
}

bool Arrivals::any() {
  const Ref<GObject> agent = object_of(object_of(webrtcbin_.get(), "ice-agent").get(), "agent");
  if (!NICE_IS_AGENT(agent.get())) return false;
  const std::unique_ptr<GPtrArray, decltype(&g_ptr_array_unref)> sockets{
      nice_agent_get_sockets(NICE_AGENT(agent.get()), kStream, NICE_COMPONENT_TYPE_RTP),
      &g_ptr_array_unref};
  std::vector<std::int64_t> arrived_us;
  for (guint i = 0; sockets && i < sockets->len; ++i)
    arrived_us.push_back(last_arrival_us(G_SOCKET(g_ptr_array_index(sockets.get(), i))));
  const bool any = arrived_us != arrived_us_;
  arrived_us_ = std::move(arrived_us);
  return any;
}

bool restarts_ice(const sdp::Offer::Transport& before, const sdp::Offer::Transport& now) {
  return now.ice_ufrag != before.ice_ufrag || now.ice_pwd != before.ice_pwd;
}

std::optional<IceCredentials> restart_ice(GstElement* webrtcbin) {
  const Ref<GObject> agent = object_of(object_of(webrtcbin, "ice-agent").get(), "agent");
  if (!NICE_IS_AGENT(agent.get()) || !nice_agent_restart(NICE_AGENT(agent.get()))) return {};
  gchar* ufrag = nullptr;
  gchar* pwd = nullptr;
  if (!nice_agent_get_local_credentials(NICE_AGENT(agent.get()), kStream, &ufrag, &pwd)) return {};
  return IceCredentials{take_string(ufrag), take_string(pwd)};
}

void renew_credentials(GstSDPMessage* answer, const IceCredentials& own) {
  for (guint i = 0; i < gst_sdp_message_medias_len(answer); ++i) {
    auto* media = const_cast<GstSDPMedia*>(gst_sdp_message_get_media(answer, i));
    for (guint j = 0; j < gst_sdp_media_attributes_len(media); ++j) {
      const std::string_view key = gst_sdp_media_get_attribute(media, j)->key;
      if (key != "ice-ufrag" && key != "ice-pwd") continue;
      GstSDPAttribute renewed;
      const std::string& value = key == "ice-ufrag" ? own.ufrag : own.pwd;
      gst_sdp_attribute_set(&renewed, std::string{key}.c_str(), value.c_str());
      gst_sdp_media_replace_attribute(media, j, &renewed);
    }
  }
}

} // namespace fanlight::webrtc
