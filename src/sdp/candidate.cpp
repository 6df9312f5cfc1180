#include "sdp/candidate.h"

#include <arpa/inet.h>

#include <array>

#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

/// Positions in "candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE ..."
/// (RFC 8839, section 5.1).
constexpr std::size_t kFoundation = 0;
constexpr std::size_t kComponent = 1;
constexpr std::size_t kTransport = 2;
constexpr std::size_t kPriority = 3;
constexpr std::size_t kAddress = 4;
constexpr std::size_t kPort = 5;
constexpr std::size_t kTyp = 6;
constexpr std::size_t kType = 7;

enum class Family { none, v4, v6 };

Family family_of(std::string_view address) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  if (address.size() > INET6_ADDRSTRLEN) return Family::none;
  const std::string text(address);
  if (inet_pton(AF_INET, text.c_str(), ignored.data()) == 1) return Family::v4;
  if (inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1) return Family::v6;
  return Family::none;
}

bool is_candidate(const std::vector<std::string_view>& words) {
  return words.size() > kType && words[0].starts_with("candidate:") &&
         sdp::equals_ignoring_case(words[kTyp], "typ");
}

} // namespace

std::vector<std::string> announce(std::string_view candidate,
                                  const std::vector<std::string>& public_addresses) {
  auto words = sdp::words(candidate);
  const std::vector<std::string> unchanged{std::string(candidate)};
  if (!is_candidate(words) || words[kType] != "host") return unchanged;
  const Family family = family_of(words[kAddress]);
  if (family == Family::none) return unchanged;

  std::vector<std::string> result;
  for (const auto& address : public_addresses) {
    if (family_of(address) != family) continue;
    words[kAddress] = address;
    // Candidates of different addresses must not share a foundation (RFC 8445, section 5.1.1.3).
    const std::string foundation = std::string(sdp::words(candidate)[0]) +
                                   (result.empty() ? "" : "p" + std::to_string(result.size()));
    words[0] = foundation;
    result.push_back(sdp::join(words));
  }
  return result.empty() ? unchanged : result;
}

bool same_place(std::string_view one, std::string_view other) {
  auto these = sdp::words(one);
  auto those = sdp::words(other);
  if (!is_candidate(these) || !is_candidate(those)) return one == other;
  for (const std::size_t ignored : {kFoundation, kPriority}) these[ignored] = those[ignored];
  return these == those;
}

bool is_usable_candidate(std::string_view candidate) {
  constexpr std::size_t kMaxSize = 1024;
  constexpr unsigned kMaxPriority = 0xffffffff;
  if (candidate.size() > kMaxSize) return false;
  const auto words = sdp::words(candidate);
  if (!is_candidate(words)) return false;
  for (const auto word : words) {
    if (!sdp::is_token(word, kMaxSize)) return false;
  }
  const bool transport = sdp::equals_ignoring_case(words[kTransport], "udp") ||
                         sdp::equals_ignoring_case(words[kTransport], "tcp");
  const auto port = sdp::number(words[kPort], 65535);
  // RTP and RTCP share component 1 (a=rtcp-mux).
  return transport && words[kComponent] == "1" && port && *port > 0 &&
         sdp::number(words[kPriority], kMaxPriority) && family_of(words[kAddress]) != Family::none;
}

} // namespace fanlight::sdp
