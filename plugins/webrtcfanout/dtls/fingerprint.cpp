#include "webrtcfanout/dtls/fingerprint.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace fanlight::fanout {
namespace {

constexpr char kDigits[] = "0123456789ABCDEF";

std::string upper(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

const EVP_MD* hash_named(const std::string& name) {
  if (name == "SHA-256") return EVP_sha256();
  if (name == "SHA-384") return EVP_sha384();
  if (name == "SHA-512") return EVP_sha512();
  if (name == "SHA-224") return EVP_sha224();
  if (name == "SHA-1") return EVP_sha1();
  return nullptr;
}

/// Parses "AB:CD:…"; empty if it is something else.
std::vector<std::uint8_t> parse_digest(const std::string& text) {
  if (text.size() % 3 != 2) return {};
  std::vector<std::uint8_t> digest;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto high = std::string_view(kDigits).find(text[at]);
    const auto low = std::string_view(kDigits).find(text[at + 1]);
    if (high > 15 || low > 15 || (at > 0 && text[at - 1] != ':')) return {};
    digest.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return digest;
}

std::vector<std::uint8_t> digest_of(const X509* certificate, const EVP_MD* hash) {
  std::vector<std::uint8_t> digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (X509_digest(certificate, hash, digest.data(), &size) != 1) return {};
  digest.resize(size);
  return digest;
}

} // namespace

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
  const std::string whole = upper(text);
  const auto blank = whole.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  Fingerprint result{hash_named(whole.substr(0, blank)), parse_digest(whole.substr(blank + 1))};
  if (!result.hash ||
      result.digest.size() != static_cast<std::size_t>(EVP_MD_get_size(result.hash)))
    return std::nullopt;
  return result;
}

bool Fingerprint::is_of(const X509* certificate) const {
  return !digest.empty() && digest_of(certificate, hash) == digest;
}

std::string fingerprint_text(const X509* certificate) {
  std::string text;
  for (const std::uint8_t byte : digest_of(certificate, EVP_sha256())) {
    text += text.empty() ? "sha-256 " : ":";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

} // namespace fanlight::fanout
