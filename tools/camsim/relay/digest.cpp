#include "camsim/relay/digest.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

constexpr const char* kRealm = "fanlight-camsim";

std::string sha256(const std::string& text) {
  return take_string(g_compute_checksum_for_string(G_CHECKSUM_SHA256, text.data(),
                                                   static_cast<gssize>(text.size())));
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Parses `name=value` and `name="value"`, separated by commas; returns names in lower case.
std::map<std::string, std::string> parameters_of(const std::string& text) {
  std::map<std::string, std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find_first_not_of(", ", at);
    const std::size_t equals = text.find('=', begin);
    if (begin == text.npos || equals == text.npos) break;
    const bool quoted = equals + 1 < text.size() && text[equals + 1] == '"';
    const std::size_t value = equals + (quoted ? 2 : 1);
    const std::size_t end = std::min(text.find(quoted ? '"' : ',', value), text.size());
    found[lower(text.substr(begin, equals - begin))] = text.substr(value, end - value);
    at = end + 1;
  }
  return found;
}

} // namespace

std::string sha256_challenge(const std::string& nonce) {
  return std::string{"Digest realm=\""} + kRealm + "\", nonce=\"" + nonce +
         "\", algorithm=SHA-256, qop=\"auth\"";
}

bool answers_sha256(const std::string& authorization, const Login& login, const std::string& method,
                    const std::string& uri, const std::string& nonce) {
  constexpr std::string_view kScheme = "digest ";
  if (!lower(authorization.substr(0, kScheme.size())).starts_with(kScheme)) return false;
  auto given = parameters_of(authorization.substr(kScheme.size()));
  if (lower(given["algorithm"]) != "sha-256" || given["username"] != login.user ||
      given["realm"] != kRealm || given["nonce"] != nonce || given["uri"] != uri)
    return false;
  const std::string who = sha256(login.user + ":" + kRealm + ":" + login.password);
  const std::string what = sha256(method + ":" + uri);
  // RFC 2069 had no qop; RFC 7616 requires it, and cameras accept both.
  const std::string middle =
      given["qop"].empty() ? nonce
                           : nonce + ":" + given["nc"] + ":" + given["cnonce"] + ":" + given["qop"];
  return given["response"] == sha256(who + ":" + middle + ":" + what);
}

} // namespace fanlight::camsim
