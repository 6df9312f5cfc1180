#include "sdp/ice_sdp.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

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

std::vector<std::string> mids(std::string_view sdp) {
  std::vector<std::string> found;
  for (const std::string_view line : lines(sdp)) {
    if (line.starts_with(kMedia)) found.emplace_back();
    if (line.starts_with(kMid) && !found.empty()) found.back() = line.substr(kMid.size());
  }
  return found;
}

std::string ice_ufrag(std::string_view sdp) {
  for (const std::string_view line : lines(sdp))
    if (line.starts_with(kUfrag)) return std::string{line.substr(kUfrag.size())};
  return {};
}

std::string restart_offer(std::string_view offer, const IceFragment& fragment) {
  const std::vector<std::string> media = mids(offer);
  std::string text;
  const auto add = [&text](std::string_view line) { text.append(line).append("\r\n"); };
  std::multimap<int, std::string_view> candidates; // By m-line.
  for (const IceFragment::Candidate& candidate : fragment.candidates)
    candidates.emplace(static_cast<int>(mline_of(media, candidate)), candidate.candidate);
  const auto add_candidates = [&](int index) {
    const auto [first, last] = candidates.equal_range(index);
    for (auto candidate = first; candidate != last; ++candidate)
      add("a=" + std::string{candidate->second});
  };
  int index = -1; // Of the current m-line.
  for (const std::string_view line : lines(offer)) {
    if (line.starts_with(kMedia)) {
      add_candidates(index);
      ++index;
    }
    if (line.starts_with(kCandidate) || line.starts_with(kEnd)) continue;
    if (line.starts_with(kUfrag))
      add(std::string{kUfrag} + fragment.ufrag);
    else if (line.starts_with(kPwd))
      add(std::string{kPwd} + fragment.pwd);
    else
      add(line);
  }
  add_candidates(index);
  return text;
}

IceFragment ice_fragment(std::string_view answer) {
  const std::vector<std::string> media = mids(answer);
  IceFragment fragment;
  int index = -1;
  for (const std::string_view line : lines(answer)) {
    if (line.starts_with(kMedia)) ++index;
    if (line.starts_with(kUfrag) && fragment.ufrag.empty())
      fragment.ufrag = line.substr(kUfrag.size());
    if (line.starts_with(kPwd) && fragment.pwd.empty()) fragment.pwd = line.substr(kPwd.size());
    if (line.starts_with(kEnd)) fragment.end_of_candidates = true;
    if (!line.starts_with(kCandidate) || index < 0) continue;
    const std::string_view candidate = line.substr(kAttribute.size());
    const auto same = [&](const auto& known) { return known.candidate == candidate; };
    if (std::none_of(fragment.candidates.begin(), fragment.candidates.end(), same))
      fragment.candidates.push_back({media[static_cast<std::size_t>(index)],
                                     static_cast<unsigned>(index), std::string{candidate}});
  }
  std::stable_sort(fragment.candidates.begin(), fragment.candidates.end(),
                   [](const auto& one, const auto& other) {
                     return priority_of(one.candidate) > priority_of(other.candidate);
                   });
  return fragment;
}

unsigned mline_of(const std::vector<std::string>& mids, const IceFragment::Candidate& candidate) {
  if (!candidate.mid.empty()) {
    const auto found = std::find(mids.begin(), mids.end(), candidate.mid);
    if (found != mids.end()) return static_cast<unsigned>(found - mids.begin());
  }
  return candidate.mline_index;
}

} // namespace fanlight::sdp
