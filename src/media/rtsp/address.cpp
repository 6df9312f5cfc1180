#include "media/rtsp/address.h"

#include "base/url.h"

namespace fanlight::media {

Address address_of(const config::Stream& stream) {
  const auto parts = split_url(stream.url);
  if (!parts) return {.location = stream.url};
  Address address;
  address.tls = parts->scheme.size() == 5; // "rtsps" is the only other scheme.
  const bool http = stream.transport == config::RtspTransport::http;
  if (parts->user_info) {
    const UrlLogin login = login_of(*parts->user_info);
    address.username = login.username;
    address.password = login.password.value_or("");
  }
  if (!stream.username.empty()) address.username = stream.username;
  if (!stream.password.empty()) address.password = stream.password;
  std::string host = parts->host;
  if (http)
    host = with_port(host, address.tls ? 443 : 80);
  else if (address.tls)
    host = with_port(host, 322);
  address.location =
      std::string{address.tls ? "rtsps" : "rtsp"} + (http ? "h" : "") + "://" + host + parts->rest;
  return address;
}

std::optional<std::string> shown_host(const config::Stream& stream) {
  const auto parts = split_url(stream.url);
  if (!parts) return {};
  const bool has_user = parts->user_info || !stream.username.empty();
  if (!has_user && parts->rest.find('@') != std::string::npos) return {};
  return parts->host;
}

} // namespace fanlight::media
