#include "sdp/fingerprint.h"

#include <algorithm>
#include <optional>

#include <glib.h>

#include "gst/ref.h"

namespace fanlight::sdp {
namespace {

constexpr const char* kBegin = "-----BEGIN CERTIFICATE-----";
constexpr const char* kEnd = "-----END CERTIFICATE-----";

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_toupper);
  return text;
}

std::optional<GChecksumType> hash_of(const std::string& fingerprint) {
  const std::string name = upper(fingerprint.substr(0, fingerprint.find(' ')));
  if (name == "SHA-256") return G_CHECKSUM_SHA256;
  if (name == "SHA-384") return G_CHECKSUM_SHA384;
  if (name == "SHA-512") return G_CHECKSUM_SHA512;
  if (name == "SHA-1") return G_CHECKSUM_SHA1;
  return std::nullopt;
}

} // namespace

std::string fingerprint_of(const std::string& pem, const std::string& like) {
  const auto hash = hash_of(like);
  const auto begin = pem.find(kBegin);
  const auto end = pem.find(kEnd);
  if (!hash || begin == std::string::npos || end == std::string::npos || end < begin) return {};
  const auto start = begin + std::char_traits<char>::length(kBegin);
  gsize size = 0;
  const Owned<guchar, g_free> der{g_base64_decode(pem.substr(start, end - start).c_str(), &size)};
  if (size == 0) return {};
  const std::string digits = take_string(g_compute_checksum_for_data(*hash, der.get(), size));
  std::string value = like.substr(0, like.find(' ')) + " ";
  for (std::size_t i = 0; i < digits.size(); i += 2)
    value += (i == 0 ? "" : ":") + upper(digits.substr(i, 2));
  return value;
}

bool matches_fingerprint(const std::string& pem, const std::string& offered) {
  const std::string own = fingerprint_of(pem, offered);
  return !own.empty() && upper(own) == upper(offered);
}

} // namespace fanlight::sdp
