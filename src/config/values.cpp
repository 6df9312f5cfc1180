#include "config/values.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>

#include <arpa/inet.h>
#include <glib.h>
#include <unistd.h>

#include "base/url.h"
#include "config/request.h"

namespace fanlight::config {
namespace {

constexpr const char* kDigits = "0123456789";

template <typename T> std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_ip(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  return inet_pton(family, text.c_str(), binary.data()) == 1;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

/// RFC 3986, section 3.1, in lower case.
bool is_scheme(std::string_view text) {
  return !text.empty() && g_ascii_islower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '+' || c == '-' || c == '.';
         });
}

/// host, host:port, [v6] or [v6]:port; a missing port stays as it was.
Reason split_host(std::string_view text, std::string& host, std::optional<std::uint32_t>& port) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos)
      return {"ipv6_open"_reason, "has no ] after the IPv6 address; write [2001:db8::1]:554"};
    host = text.substr(1, close - 1);
    if (!is_ip(AF_INET6, host.substr(0, host.find('%'))))
      return {"ipv6_malformed"_reason,
              "has no IPv6 address between [ and ]; write, for example, [2001:db8::1]"};
    rest = text.substr(close + 1);
  } else {
    host = text.substr(0, text.find(':'));
    rest = text.substr(host.size());
    if (std::count(rest.begin(), rest.end(), ':') > 1)
      return {"many_colons"_reason,
              "has more than one colon in the host; write an IPv6 address in brackets: "
              "[2001:db8::1]"};
    const bool name = std::all_of(host.begin(), host.end(), [](char c) {
      return g_ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
    });
    if (!name)
      return {"host_malformed"_reason,
              "has a host that is neither a name nor an address; write, for example, 192.0.2.10"};
    if (!host.empty() && host.find_first_not_of("0123456789.") == host.npos &&
        !is_ip(AF_INET, host))
      return {"ipv4_malformed"_reason,
              "has a malformed IPv4 address; write four numbers from 0 to 255, such as 192.0.2.10"};
  }
  if (rest.empty()) return {};
  if (rest.starts_with(':')) port = number<std::uint32_t>(rest.substr(1));
  if (!rest.starts_with(':') || !port || *port > 65535)
    return {"port_malformed"_reason,
            "has no valid port after the host; write a number from 1 to 65535"};
  return {};
}

/// Checks user and password before the host, which still have percent signs.
Reason check_user_info(std::string_view user_info) {
  if (user_info.find('@') != user_info.npos)
    return {"login_many_at"_reason,
            "has more than one @; in the user name and the password, write %40 for @, %3A for :, "
            "%2F for /, or use the keys username and password"};
  for (std::size_t at = user_info.find('%'); at != user_info.npos; at = user_info.find('%', at + 1))
    if (at + 2 >= user_info.size() || !g_ascii_isxdigit(user_info[at + 1]) ||
        !g_ascii_isxdigit(user_info[at + 2]))
      return {"login_percent"_reason,
              "has a % without two hexadecimal digits in the user name or the password; write %25 "
              "for %"};
  return {};
}

} // namespace

Reason read_any(const std::string& text, std::string& out) {
  if (has_control(text))
    return {"control_character"_reason,
            "contains a control character or a line break; must be one line of text"};
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    return {"not_utf8"_reason, "is not UTF-8; save the file as UTF-8"};
  out = text;
  return {};
}

Reason read_listen(const std::string& text, std::string& out) {
  std::string host;
  std::optional<std::uint32_t> port;
  if (number<std::uint16_t>(text))
    return {"listen_no_address"_reason,
            "is a port without an address; write 0.0.0.0:{port} or 127.0.0.1:{port}",
            {{"port", text}}};
  if (Reason wrong = split_host(text, host, port); !wrong.empty()) return wrong;
  if (!port)
    return {"listen_no_port"_reason,
            "has no port; write host:port, such as 0.0.0.0:8080 or [::]:8080"};
  out = text;
  return {};
}

Reason read_host(const std::string& text, std::string& out) {
  if (text.find('*') != text.npos)
    return {"host_wildcard"_reason,
            "contains *, but wildcards are not supported here; write each name: [a.example.org, "
            "b.example.org]"};
  if (text.find("://") != text.npos || text.find('/') != text.npos)
    return {"host_is_url"_reason, "is a URL; write only the host, for example "
                                  "cameras.example.org, or with a port cameras.example.org:8443"};
  std::string host;
  std::optional<std::uint32_t> port;
  if (Reason wrong = split_host(text, host, port); !wrong.empty()) return wrong;
  if (host.empty() || port == 0U)
    return {"host_empty"_reason,
            "has no host, or port 0; write, for example, cameras.example.org, or with "
            "a port cameras.example.org:8443"};
  out = text;
  std::transform(out.begin(), out.end(), out.begin(), g_ascii_tolower);
  return {};
}

Reason read_origin(const std::string& text, std::string& out) {
  const std::vector<Reason::Value> example{
      {"example",
       "https://intranet.example.org, capacitor://localhost (for an app), or \"*\" for all"}};
  if (text == "*") return out = text, Reason{};
  if (text.find('*') != text.npos)
    return {"origin_wildcard"_reason,
            "contains *, but an origin cannot contain a wildcard; write each origin: "
            "[https://a.example.org, https://b.example.org], or \"*\" alone for all"};
  const auto parts = split_url(text);
  std::string scheme = parts ? parts->scheme : "";
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), g_ascii_tolower);
  if (!is_scheme(scheme))
    return {"not_an_origin"_reason, "is not an origin; write, for example, {example}", example};
  if (parts->user_info || !(parts->rest.empty() || parts->rest == "/"))
    return {"origin_too_long"_reason,
            "must have only scheme, host and port; write, for example, {example}", example};
  std::string host;
  std::optional<std::uint32_t> port;
  if (Reason wrong = split_host(parts->host, host, port); !wrong.empty()) return wrong;
  if (host.empty() || port == 0U)
    return {"origin_no_host"_reason, "has no host, or port 0; write, for example, {example}",
            example};
  // Browsers omit the default port of the scheme.
  const std::uint32_t implied = scheme == "https" ? 443 : scheme == "http" ? 80 : 0;
  const std::string name = port ? parts->host.substr(0, parts->host.rfind(':')) : parts->host;
  out = scheme + "://" + name + (port && *port != implied ? ':' + std::to_string(*port) : "");
  std::transform(out.begin(), out.end(), out.begin(), g_ascii_tolower);
  return {};
}

bool is_id(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '_' || c == '-';
         });
}

Reason read_id(const std::string& text, std::string& out) {
  if (!is_id(text))
    return {"not_an_id"_reason,
            "is not a valid id; must be 1 to 64 characters of a-z 0-9 _ -, such as front-door"};
  out = text;
  return {};
}

Reason read_stream_id(const std::string& text, std::string& out) {
  if (!is_id(text) || text.size() > 32 || text == "auto")
    return {"not_a_stream_id"_reason,
            "is not a valid id of a stream; must be 1 to 32 characters of a-z 0-9 _ -, such as "
            "main, but not auto"};
  out = text;
  return {};
}

Reason read_rtsp_url(const std::string& text, std::string& out) {
  const std::vector<Reason::Value> example{{"example", "rtsp://192.0.2.10:554/stream1"}};
  const auto parts = split_url(text);
  std::string scheme = parts ? parts->scheme : "";
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), g_ascii_tolower);
  if (scheme == "rtspt" || scheme == "rtspu" || scheme == "rtsph")
    return {
        "gstreamer_scheme"_reason,
        "has a scheme that only GStreamer uses; write rtsp:// and the key transport: tcp or udp"};
  if (scheme != "rtsp" && scheme != "rtsps")
    return {"not_rtsp_url"_reason,
            "is not an RTSP URL; must begin with rtsp:// or rtsps://, such as {example}", example};
  if (has_control(text) || text.find(' ') != text.npos)
    return {"url_space"_reason,
            "contains white space or a control character; write %20 for a space"};

  if (parts->user_info) {
    if (Reason wrong = check_user_info(*parts->user_info); !wrong.empty()) return wrong;
  } else if (const std::size_t colon = parts->host.find(':');
             !parts->host.starts_with('[') && colon != text.npos &&
             !number<std::uint32_t>(std::string_view{parts->host}.substr(colon + 1)) &&
             parts->rest.find('@') != text.npos) {
    return {"login_characters"_reason,
            "contains / ? or # in the user name or the password; write %2F for /, %3F for ?, %23 "
            "for #, or use the keys username and password"};
  }
  // Parsers disagree on whether # ends the host: GStreamer may see another host behind it.
  if (parts->rest.starts_with('#'))
    return {
        "url_hash"_reason,
        "has # directly after the host; write a path first, or %23; if # belongs to a password, "
        "use the key password"};
  std::string host;
  std::optional<std::uint32_t> port;
  if (Reason wrong = split_host(parts->host, host, port); !wrong.empty()) return wrong;
  if (host.empty())
    return {"url_no_host"_reason, "has no host; write, for example, {example}", example};
  if (port == 0U)
    return {"url_port_0"_reason, "has port 0; write the camera's RTSP port, usually 554"};
  out = text;
  return {};
}

Reason read_ice_url(const std::string& text, std::string& out) {
  const std::size_t colon = text.find(':');
  const std::string scheme = text.substr(0, colon);
  const bool turn = scheme == "turn" || scheme == "turns";
  if (colon == text.npos || (!turn && scheme != "stun"))
    return {"not_an_ice_server"_reason,
            "is not an ICE server; write stun:host:port, turn:host:port or turns:host:port"};
  std::string_view rest = std::string_view(text).substr(colon + 1);
  if (rest.starts_with("//"))

    return {"ice_slashes"_reason,
            "contains slashes; write {scheme}:host:port (RFC 7064, 7065)",
            {{"scheme", scheme}}};
  if (rest.find('@') != rest.npos)
    return {"ice_user"_reason, "contains a user; use the keys username and credential"};
  const std::size_t query = rest.find('?');
  if (query != rest.npos) {
    const std::string_view transport = rest.substr(query);
    if (!turn || (transport != "?transport=udp" && transport != "?transport=tcp"))
      return {"ice_parameter"_reason,
              "has an unknown parameter; turn: and turns: allow ?transport=udp and ?transport=tcp"};
    rest = rest.substr(0, query);
  }
  std::string host;
  std::optional<std::uint32_t> port;
  if (Reason wrong = split_host(rest, host, port); !wrong.empty()) return wrong;
  if (host.empty() || port == 0U)
    return {"ice_no_host"_reason,
            "has no host, or port 0; write, for example, stun:stun.example.org:3478"};
  out = text;
  return {};
}

Reason read_address(const std::string& text, std::string& out) {
  if (!is_ip(AF_INET, text) && !is_ip(AF_INET6, text))
    return {"not_an_address"_reason,
            "is not an IP address; write, for example, 203.0.113.7 or 2001:db8::7, without port or "
            "brackets"};
  out = text;
  return {};
}

Reason read_bool(const std::string& text, bool& out) {
  for (const char* word : {"true", "yes", "on"})
    if (g_ascii_strcasecmp(text.c_str(), word) == 0) return out = true, Reason{};
  for (const char* word : {"false", "no", "off"})
    if (g_ascii_strcasecmp(text.c_str(), word) == 0) return out = false, Reason{};
  return {"not_a_boolean"_reason, "is not a boolean; must be true or false"};
}

Reason read_duration(const std::string& text, std::chrono::milliseconds lowest,
                     std::chrono::milliseconds highest, std::chrono::milliseconds& out) {
  const auto write = [](std::chrono::milliseconds value) {
    const bool whole = value.count() != 0 && value.count() % 1000 == 0;
    return whole ? std::to_string(value.count() / 1000) + "s"
                 : std::to_string(value.count()) + "ms";
  };
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto value = number<double>(text.substr(0, digits));
  const std::string unit = text.substr(std::min(text.find_first_not_of(' ', digits), text.size()));
  std::vector<Reason::Value> values{{"lowest", write(lowest)}, {"highest", write(highest)}};
  const bool long_ones = lowest >= std::chrono::seconds{1};
  if (value && unit.empty()) {
    values.push_back({"example", (long_ones ? "" : text + "ms or ") + text + "s"});
    return {"duration_unitless"_reason,
            "has no unit; write {example}; must be {lowest} to {highest}", values};
  }
  if (!value || (unit != "ms" && unit != "s")) {
    values.push_back({"example", long_ones ? write(lowest) : "100ms or 0.1s"});
    if (!value)
      return {"not_a_duration"_reason,
              "is not a duration; write, for example, {example}; must be {lowest} to {highest}",
              values};
    return {"duration_unit"_reason,
            "has an unknown unit; write, for example, {example}; must be {lowest} to {highest}",
            values};
  }
  const double ms = unit == "s" ? *value * 1000 : *value;
  if (ms > static_cast<double>(highest.count()))
    return {"too_long"_reason, "is too long; must be {lowest} to {highest}", values};
  if (ms < static_cast<double>(lowest.count()))
    return {"too_short"_reason, "is too short; must be {lowest} to {highest}", values};
  out = std::chrono::milliseconds(std::lround(ms));
  return {};
}

Reason read_fingerprint(const std::string& text, std::string& out) {
  constexpr std::size_t kBytes = 32;
  std::string digits;
  for (const char c : text)
    if (c != ':') digits += static_cast<char>(g_ascii_toupper(c));
  const bool hexadecimal =
      std::all_of(digits.begin(), digits.end(), [](char c) { return g_ascii_isxdigit(c) != 0; });
  if (!text.empty() && (!hexadecimal || digits.size() != 2 * kBytes))
    return {"not_a_fingerprint"_reason,
            "is not a SHA-256 fingerprint; write its 32 bytes in hexadecimal, as "
            "`openssl x509 -fingerprint -sha256` prints them"};
  out = digits;
  return {};
}

Reason read_file(const std::string& text, std::string& out) {
  if (!text.empty() && access(text.c_str(), R_OK) != 0)
    return {"file_unreadable"_reason, "cannot be read: {error}", {{"error", g_strerror(errno)}}};
  return read_any(text, out);
}

Reason read_first_line(const std::string& path, std::string& out) {
  std::ifstream file(path);
  if (!file || !std::getline(file, out))
    return {"file_first_line"_reason,
            "names {file}, but the server cannot read its first line; check that the file exists "
            "and that the server's user may read it",
            {{"file", path}}};
  if (!out.empty() && out.back() == '\r') out.pop_back();
  return {};
}

Reason read_ports(const std::string& text, std::pair<std::uint16_t, std::uint16_t>& out) {
  if (text == "any") {
    out = {0, 0};
    return {};
  }
  const std::size_t dash = text.find_first_not_of(kDigits);
  const auto first = number<std::uint16_t>(std::string_view(text).substr(0, dash));
  const auto last = dash == text.npos || text[dash] != '-'
                        ? std::nullopt
                        : number<std::uint16_t>(std::string_view(text).substr(dash + 1));
  if (!first || !last || *first == 0 || *last < *first)
    return {"not_a_port_range"_reason,
            "is not a port range; write the lowest and the highest port from 1 to 65535 with a "
            "dash, "
            "such as 50000-50999, or any"};
  out = {*first, *last};
  return {};
}

Reason read_number(const std::string& text, std::uint32_t lowest, std::uint32_t highest,
                   std::uint32_t& out) {
  const std::vector<Reason::Value> values{{"lowest", lowest}, {"highest", highest}};
  const auto value = number<std::int64_t>(text);
  // A number too large for any integer is out of range, not a malformed number.
  if (!value && (text.empty() || text.find_first_not_of(kDigits) != text.npos))
    return {"not_an_integer"_reason,
            "is not an integer; must be an integer from {lowest} to {highest}", values};
  if (!value || *value < lowest || *value > highest)
    return {"out_of_range"_reason, "is out of range; must be an integer from {lowest} to {highest}",
            values};
  out = static_cast<std::uint32_t>(*value);
  return {};
}

} // namespace fanlight::config
