#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/access.h"
#include "http/query.h"
#include "http/routes.h"

namespace {

using namespace fanlight::http;
namespace auth = fanlight::auth;

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_text(const std::string& text) { return text.find('\0') == std::string::npos; }

void check_path(std::string_view path) {
  const auto found = segments(path);
  if (!found) return;
  require(path.starts_with('/'));
  require(found->size() <= static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')));
  std::string again;
  for (const std::string& segment : *found) {
    // Nothing that would be two segments, or the end of a name, for whoever opens it.
    require(segment.find('/') == std::string::npos && is_text(segment));
    require(segment.size() <= path.size());
    again += '/';
    for (const char c : segment) again += c == '%' ? "%25" : std::string(1, c);
  }
  if (!found->empty() && found->back().empty()) again += '/'; // One slash at the end says nothing.
  if (!again.empty()) require(segments(again) == found);
}

void check_query(std::string_view query) {
  for (const char* name : {"stream", "width", "height"}) {
    const std::string value = query_value(query, name);
    require(is_text(value) && value.size() <= query.size());
    if (query.find('&') != std::string_view::npos || query.find('=') == std::string_view::npos)
      continue;
    // Of one parameter the last of several is the same.
    require(query_value(std::string(query) + "&" + std::string(query), name) == value);
  }
  require(query_value(std::string(query) + "&stream=s%75b", "stream") == "sub");
}

/// What is said to people of a page repeats names at most, and is short.
void check_said(const std::string& why) {
  require(why.size() < 2000);
  require(std::none_of(why.begin(), why.end(), [](unsigned char c) {
    return c < 0x20 || c >= 0x7f || c == '<' || c == '&';
  }));
}

void check_page(const std::string& host, const std::string& origin) {
  const auth::Principal principal{.address = "192.168.1.9",
                                  .page = {.host = host, .origin = origin}};
  fanlight::config::Server server;
  server.hosts = {"nvr.example.org:8443"};
  const auto viewing = auth::viewing_refusal(principal.page, server, {});
  if (viewing) check_said(viewing->detail.message);
  // Who may watch everything still changes nothing under a name that is not ours.
  require(!auth::viewing_refusal(principal.page, server, {{"*"}}));
  for (const auto access :
       {fanlight::config::Access::private_networks, fanlight::config::Access::all}) {
    server.settings = access;
    const std::string settings = auth::settings_refusal(principal, server).message;
    check_said(settings);
    require(!viewing || viewing->failure != Failure::unknown_host || !settings.empty());
  }
}

} // namespace

/// The path, the query, Host and Origin in the head of a request, whatever they are: no crash, no
/// segment that leads elsewhere, and the same read again; no answer that repeats more than a name.
/// What libsoup reads before us is not read here.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const auto mark = std::min(target.find('?'), size);
  check_path(target.substr(0, mark));
  check_query(target.substr(std::min(mark + 1, size)));
  const std::string text(target);
  check_page(text, text);
  check_page(text, "http://" + text);
  check_page("nvr", text);
  check_page("nvr.example.org", "https://" + text);
  return 0;
}
