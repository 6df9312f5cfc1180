#include "http/redirect.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace fanlight::http {
namespace {

constexpr int kTemporaryRedirect = 307;
constexpr int kHttpsPort = 443;

/// The host without its port; empty: the text is none, or not one to repeat.
std::string name_in(const std::string& host) {
  const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) {
    return g_ascii_isalnum(c) || std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
  });
  if (!is_plain) return {};
  const std::size_t bracket = host.find(']');
  return host.substr(0, host.find(':', bracket == host.npos ? 0 : bracket));
}

} // namespace

Server::Handler redirect_to_https(int port) {
  return [port](const ExchangePtr& exchange) {
    // Other methods carry data that should not be sent in plain text. If they were redirected, a
    // client would send it each time, unnoticed.
    if (exchange->method() != "GET" && exchange->method() != "HEAD")
      return exchange->respond(403, "text/plain; charset=utf-8",
                               "This address only leads to HTTPS: begin the URL by https://\n");
    const std::string name = name_in(exchange->client().host);
    if (name.empty())
      return exchange->respond(400, "text/plain; charset=utf-8",
                               "The request names no server (Host).\n");
    const char* query = g_uri_get_query(soup_server_message_get_uri(exchange->message()));
    const std::string number = port == kHttpsPort ? "" : ':' + std::to_string(port);
    exchange->set_header("Location", "https://" + name + number + exchange->path() +
                                         (query == nullptr ? "" : std::string{"?"} + query));
    exchange->set_header("Cache-Control", "no-store");
    exchange->respond(kTemporaryRedirect);
  };
}

} // namespace fanlight::http
