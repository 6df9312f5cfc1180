#include "rtsp/redirection.h"

#include "rtsp/url.h"

namespace fanlight::rtsp {
namespace {

/// `location`, which is relative, resolved against the path of `from`.
std::string resolved(const Url& from, const std::string& location) {
  if (location.starts_with('/')) return location;
  const std::string path = from.rest.substr(0, from.rest.find('?'));
  const auto slash = path.rfind('/');
  return (slash == std::string::npos ? "/" : path.substr(0, slash + 1)) + location;
}

} // namespace

Redirection redirection_of(const std::string& requested, const std::string& location, bool tls) {
  using Fault = Redirection::Fault;
  const std::string scheme = tls ? "rtsps" : "rtsp";
  const auto from = parse_url(requested);
  if (location.empty() || !from) return {Fault::nowhere, location};
  if (location.find("://") == std::string::npos)
    return {Fault::none, scheme + "://" + from->authority + resolved(*from, location)};
  const auto to = parse_url(location);
  if (!to || (to->scheme != "rtsp" && to->scheme != "rtsps")) return {Fault::not_rtsp, location};
  // A request over TLS may name rtsp://, too, and cameras repeat what was requested.
  if (!tls || to->scheme == "rtsps" || to->authority == from->authority)
    return {Fault::none, (tls ? scheme : to->scheme) + "://" + to->authority + to->rest};
  return {Fault::unencrypted, location};
}

} // namespace fanlight::rtsp
