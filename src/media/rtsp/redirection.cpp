#include "media/rtsp/redirection.h"

#include "base/credentials.h"
#include "base/url.h"

namespace fanlight::media {
namespace {

/// `location` without credentials: viewers see the reasons of a camera.
std::string shown(const std::string& location) {
  const std::string stripped = strip_credentials(location);
  const auto parts = split_url(stripped);
  return parts ? parts->bare() : stripped;
}

} // namespace

Reason reason_of(const rtsp::Redirection& redirection) {
  switch (redirection.fault) {
  case rtsp::Redirection::Fault::none: break;
  case rtsp::Redirection::Fault::nowhere:
    return {"redirects_nowhere"_reason, "the camera redirects the server, but names no address"};
  case rtsp::Redirection::Fault::not_rtsp:
    return {"redirects_not_rtsp"_reason,
            "the camera redirects the server to {url}, which is not RTSP",
            {{"url", shown(redirection.url)}}};
  case rtsp::Redirection::Fault::unencrypted:
    return {"redirects_unencrypted"_reason,
            "the camera redirects the server from rtsps:// to rtsp://, which would send "
            "login and video without encryption; if that is what you want, set the URL "
            "to {url}",
            {{"url", shown(redirection.url)}}};
  }
  return {};
}

Reason too_many_redirections() {
  return {"redirects"_reason, "the camera redirects the server again and again: check the URL"};
}

Result<std::string> redirected_url(const std::string& requested, const std::string& location,
                                   bool tls) {
  const rtsp::Redirection to = rtsp::redirection_of(requested, location, tls);
  if (Reason why = reason_of(to); !why.empty()) return Error{Errc::invalid, std::move(why)};
  return to.url;
}

} // namespace fanlight::media
