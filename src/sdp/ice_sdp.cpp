#include "sdp/ice_sdp.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace fanlight::sdp {
namespace {

constexpr std::string_view kMid = "a=mid:";
constexpr std::string_view kUfrag = "a=ice-ufrag:";
constexpr std::string_view kPwd = "a=ice-pwd:";
constexpr std::string_view kCandidate = "a=candidate:";
constexpr std::string_view kEnd = "a=end-of-candidates";
constexpr std::string_view kMedia = "m=";
constexpr std::string_view kAttribute = "a=";

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) found.push_back(line);
  }
  return found;
}

/// The fourth word of "candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY …" (RFC 8839,
/// section 5.1).
std::uint32_t priority_of(std::string_view candidate) {
  for (int words = 0; words < 3; ++words)
    candidate.remove_prefix(std::min(candidate.find(' '), candidate.size() - 1) + 1);
  std::uint32_t priority = 0;
  std::from_chars(candidate.data(), candidate.data() + candidate.size(), priority);
  return priority;
}

} // namespace

Offer restarted(Offer offer, const IceFragment& fragment) {
  for (Offer::Media& media : offer.media) {
    media.candidates.clear();
    if (media.transport.ice_ufrag.empty()) continue;
    media.transport.ice_ufrag = fragment.ufrag;
    media.transport.ice_pwd = fragment.pwd;
  }
  for (const IceFragment::Candidate& candidate : fragment.candidates)
    if (const unsigned mline = mline_of(offer, candidate); mline < offer.media.size())
      offer.media[mline].candidates.push_back(candidate.candidate);
  return offer;
}

IceFragment ice_fragment(std::string_view answer) {
  IceFragment fragment;
  std::string mid;
  int index = -1;
  for (const std::string_view line : lines(answer)) {
    if (line.starts_with(kMedia)) {
      ++index;
      mid.clear();
    }
    if (line.starts_with(kMid)) mid = line.substr(kMid.size());
    if (line.starts_with(kUfrag) && fragment.ufrag.empty())
      fragment.ufrag = line.substr(kUfrag.size());
    if (line.starts_with(kPwd) && fragment.pwd.empty()) fragment.pwd = line.substr(kPwd.size());
    if (line.starts_with(kEnd)) fragment.end_of_candidates = true;
    if (!line.starts_with(kCandidate) || index < 0) continue;
    const std::string_view candidate = line.substr(kAttribute.size());
    const auto same = [&](const auto& known) { return known.candidate == candidate; };
    if (std::none_of(fragment.candidates.begin(), fragment.candidates.end(), same))
      fragment.candidates.push_back({mid, static_cast<unsigned>(index), std::string{candidate}});
  }
  std::stable_sort(fragment.candidates.begin(), fragment.candidates.end(),
                   [](const auto& one, const auto& other) {
                     return priority_of(one.candidate) > priority_of(other.candidate);
                   });
  return fragment;
}

unsigned mline_of(const Offer& offer, const IceFragment::Candidate& candidate) {
  if (!candidate.mid.empty())
    if (const auto mline = offer.mline_of(candidate.mid)) return *mline;
  return candidate.mline_index;
}

} // namespace fanlight::sdp
