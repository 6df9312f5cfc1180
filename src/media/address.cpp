#include "media/address.h"

#include "gst/ref.h"

namespace fanlight::media {
namespace {

std::string unescaped(const std::string& text) {
  const std::string plain = take_string(g_uri_unescape_string(text.c_str(), nullptr));
  return plain.empty() ? text : plain;
}

bool has_port(const std::string& host) {
  const auto bracket = host.rfind(']');
  return host.find(':', bracket == std::string::npos ? 0 : bracket) != std::string::npos;
}

} // namespace

Address address_of(const config::Stream& stream) {
  Address address;
  const auto slashes = stream.url.find("://");
  if (slashes == std::string::npos) return {.location = stream.url};
  address.tls = slashes == 5; // "rtsps" is the only other scheme.
  const bool http = stream.transport == config::RtspTransport::http;

  std::string host = stream.url.substr(slashes + 3);
  const auto end = std::min(host.find_first_of("/?#"), host.size());
  const std::string path = host.substr(end);
  host.resize(end);
  if (const auto at = host.rfind('@'); at != std::string::npos) {
    const std::string user = host.substr(0, at);
    const auto colon = user.find(':');
    address.username = unescaped(user.substr(0, colon));
    if (colon != std::string::npos) address.password = unescaped(user.substr(colon + 1));
    host.erase(0, at + 1);
  }
  if (!stream.username.empty()) address.username = stream.username;
  if (!stream.password.empty()) address.password = stream.password;
  if (!has_port(host)) {
    if (http)
      host += address.tls ? ":443" : ":80";
    else if (address.tls)
      host += ":322";
  }
  address.location =
      std::string{address.tls ? "rtsps" : "rtsp"} + (http ? "h" : "") + "://" + host + path;
  return address;
}

} // namespace fanlight::media
