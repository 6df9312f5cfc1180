#include "media/rtsp/redirection.h"

#include "base/credentials.h"
#include "base/url.h"

namespace fanlight::media {
namespace {

/// `location`, which is relative, resolved against the path of `from`.
std::string resolved(const UrlParts& from, const std::string& location) {
  if (location.starts_with('/')) return location;
  const std::string path = from.rest.substr(0, from.rest.find('?'));
  const auto slash = path.rfind('/');
  return (slash == std::string::npos ? "/" : path.substr(0, slash + 1)) + location;
}

/// `location` without credentials: viewers see the reasons of a camera.
std::string shown(const std::string& location) {
  const std::string stripped = strip_credentials(location);
  const auto parts = split_url(stripped);
  return parts ? parts->bare() : stripped;
}

} // namespace

Result<std::string> redirected_url(const std::string& requested, const std::string& location,
                                   bool tls) {
  const std::string scheme = tls ? "rtsps" : "rtsp";
  const auto from = split_url(requested);
  if (location.empty() || !from)
    return Error{Errc::invalid, Reason{"redirects_nowhere"_reason,
                                       "the camera redirects the server, but names no address"}};
  const auto to = split_url(location);
  if (!to) return scheme + "://" + from->host + resolved(*from, location);
  if (to->scheme != "rtsp" && to->scheme != "rtsps")
    return Error{Errc::invalid,
                 Reason{"redirects_not_rtsp"_reason,
                        "the camera redirects the server to {url}, which is not RTSP",
                        {{"url", shown(location)}}}};
  // rtspsrc requests rtsp:// over TLS, too, and cameras repeat what was requested.
  if (!tls || to->scheme == "rtsps" || to->host == from->host)
    return (tls ? scheme : to->scheme) + "://" + to->host + to->rest;
  return Error{Errc::invalid,
               Reason{"redirects_unencrypted"_reason,
                      "the camera redirects the server from rtsps:// to rtsp://, which would send "
                      "login and video without encryption; if that is what you want, set the URL "
                      "to {url}",
                      {{"url", shown(location)}}}};
}

} // namespace fanlight::media
