#include "base/url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <glib.h>

namespace fanlight {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_scheme_char(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

bool starts_with_nocase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

/// Length of a scheme and its colon at the start of `text`, or 0. Only schemes that carry media or
/// signalling are known.
std::size_t known_scheme(std::string_view text) {
  for (const std::string_view scheme :
       {"rtsp:", "rtsps:", "http:", "https:", "ws:", "wss:", "turn:", "turns:", "stun:", "stuns:"})
    if (starts_with_nocase(text, scheme)) return scheme.size();
  return 0;
}

/// Where the user, password or host of a URL begins if its scheme ends at `at`, else npos. Any
/// scheme counts that has slashes. STUN and TURN have none (RFC 7064, RFC 7065), and in a mistyped
/// URL they may be missing.
std::size_t after_scheme(std::string_view text, std::size_t at) {
  if (text.substr(at, 3) == "://") return at + 3;
  if (at > 0 && is_scheme_char(text[at - 1])) return npos;
  const std::size_t scheme = known_scheme(text.substr(at));
  return scheme == 0 || text.substr(at + scheme, 2) == "//" ? npos : at + scheme;
}

/// Where a further URL starts inside `tail`; of a known scheme, so that a password such as "a://b"
/// does not cut its own URL in two.
std::size_t next_url(std::string_view tail) {
  for (std::size_t at = 0; at < tail.size(); ++at) {
    if (at > 0 && is_scheme_char(tail[at - 1])) continue;
    const std::size_t scheme = known_scheme(tail.substr(at));
    if (scheme != 0 && tail.substr(at + scheme, 2) == "//") return at;
  }
  return npos;
}

/// True where `authority` (without user and password) can only be an address: [IPv6] or IPv4, with
/// or without a port.
bool is_address(std::string_view authority) {
  if (authority.starts_with('[')) return authority.find(']') != npos;
  return std::count(authority.begin(), authority.end(), '.') == 3 &&
         std::all_of(authority.begin(), authority.end(),
                     [](char c) { return is_digit(c) || c == '.' || c == ':'; });
}

/// Length of the user and password at the start of `tail` (what follows "://" up to white space),
/// without their '@'. People write passwords unescaped, with '@', '/', '?' and '#' in them, so the
/// last '@' ends them, and where it is a guess whether a colon starts a port or a password, it is
/// taken for a password: too little of a harmless URL is better than a secret too much.
std::optional<std::size_t> credentials(std::string_view tail) {
  const std::size_t last = tail.rfind('@');
  if (last == npos) return std::nullopt;
  const std::string_view authority = tail.substr(0, tail.find_first_of("/?#"));
  if (authority.find('@') != npos) return last;
  if (is_address(authority) || tail.find(':') > last) return std::nullopt;
  return last;
}

/// True for "user:secret" where "host:554" was to be expected: a password with white space in it.
bool cut_in_password(std::string_view tail) {
  const std::size_t colon = tail.find(':');
  if (tail.starts_with('[') || colon == npos) return false;
  const std::string_view port = tail.substr(colon + 1, tail.find_first_of("/?#,;)'\"") - colon - 1);
  return !port.empty() && !std::all_of(port.begin(), port.end(), is_digit);
}

/// Hides the values of parameters that cameras take their password by: ?password=x, &pwd=x, and
/// /user=admin_password=x_channel=1.
std::string hide_parameters(std::string_view tail) {
  constexpr std::array<std::string_view, 8> kNames{
      "password=", "passwd=", "passwort=", "pass=", "pwd=", "pw=", "token=", "secret="};
  constexpr std::string_view kQuote = "\\\"";
  std::string out;
  for (std::size_t at = 0; at < tail.size();) {
    const auto* name = std::find_if(kNames.begin(), kNames.end(), [&](std::string_view candidate) {
      return starts_with_nocase(tail.substr(at), candidate);
    });
    if (name == kNames.end()) {
      out += tail[at++];
      continue;
    }
    out += tail.substr(at, name->size());
    at += name->size();
    // Properties in a drawing of a pipeline are in escaped quotes: user-pw=\"x\".
    if (tail.substr(at).starts_with(kQuote)) {
      const std::size_t end = tail.find(kQuote, at + kQuote.size());
      const bool empty = end == at + kQuote.size();
      out += kQuote;
      if (!empty) out += "***";
      at = std::min(end, tail.size());
      continue;
    }
    const std::size_t value = at;
    while (at < tail.size() && std::string_view("&;/?#\"'<>").find(tail[at]) == npos) {
      // In a drawing the next property follows in a line of its own.
      if (tail.substr(at).starts_with("\\n") || tail.substr(at).starts_with(kQuote)) break;
      // "_channel=" begins the next parameter where the parameters are joined by underscores.
      if (tail[at] == '_') {
        std::size_t word = at + 1;
        while (word < tail.size() && is_alpha(tail[word])) ++word;
        if (word > at + 1 && word < tail.size() && tail[word] == '=') break;
      }
      ++at;
    }
    if (at > value) out += "***";
  }
  return out;
}

/// Hides what an HTTP or RTSP header says by "Basic": user and password in base64 (RFC 7617).
std::string hide_basic(std::string text) {
  constexpr std::string_view kBasic = "basic ";
  for (std::size_t at = 0; at + kBasic.size() < text.size(); ++at) {
    if (!starts_with_nocase(std::string_view{text}.substr(at), kBasic)) continue;
    const std::size_t begin = at + kBasic.size();
    std::size_t end = begin;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                 text[end] == '+' || text[end] == '/' || text[end] == '='))
      ++end;
    gsize size = 0;
    guchar* plain = g_base64_decode(text.substr(begin, end - begin).c_str(), &size);
    const bool secret = std::find(plain, plain + size, ':') != plain + size;
    g_free(plain);
    if (secret) text.replace(begin, end - begin, "***");
  }
  return text;
}

/// The text itself if its encoding is broken.
std::string decoded(const std::string& text) {
  char* const plain = g_uri_unescape_string(text.c_str(), nullptr);
  if (plain == nullptr) return text;
  std::string out(plain);
  g_free(plain);
  return out;
}

} // namespace

std::optional<UrlParts> split_url(const std::string& url) {
  const std::size_t slashes = url.find("://");
  if (slashes == url.npos) return std::nullopt;
  UrlParts parts{.scheme = url.substr(0, slashes), .user_info = {}, .host = {}, .rest = {}};
  const std::size_t begin = slashes + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  parts.host = url.substr(begin, end - begin);
  parts.rest = url.substr(end);
  if (const std::size_t at = parts.host.rfind('@'); at != url.npos) {
    parts.user_info = parts.host.substr(0, at);
    parts.host.erase(0, at + 1);
  }
  return parts;
}

UrlLogin login_of(const std::string& user_info) {
  const std::size_t colon = user_info.find(':');
  UrlLogin login{.username = decoded(user_info.substr(0, colon)), .password = {}};
  if (colon != user_info.npos) login.password = decoded(user_info.substr(colon + 1));
  return login;
}

std::string with_port(const std::string& host, int port) {
  const std::size_t bracket = host.rfind(']');
  const bool has_port = host.find(':', bracket == host.npos ? 0 : bracket) != host.npos;
  return has_port ? host : host + ":" + std::to_string(port);
}

std::string strip_credentials(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = after_scheme(text, at);
    if (begin == npos) {
      out += text[at++];
      continue;
    }
    out += text.substr(at, begin - at);
    std::string_view tail = text.substr(begin);
    tail = tail.substr(0, next_url(tail));
    const auto space = [&](std::size_t from) {
      return static_cast<std::size_t>(
          std::find_if(tail.begin() + static_cast<std::ptrdiff_t>(from), tail.end(), is_space) -
          tail.begin());
    };
    std::size_t end = space(0);
    if (tail.substr(0, end).find('@') == npos && cut_in_password(tail.substr(0, end))) {
      const std::size_t line = std::min(tail.find('\n'), tail.size());
      const std::size_t sign = tail.substr(0, line).find('@', end);
      if (sign != npos) end = space(sign);
    }
    tail = tail.substr(0, end);
    if (const auto length = credentials(tail)) {
      out += "***";
      tail.remove_prefix(*length);
    }
    out += hide_parameters(tail);
    at = begin + end;
  }
  return hide_basic(std::move(out));
}

} // namespace fanlight
