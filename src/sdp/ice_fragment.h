#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fanlight::http {

/// A body of type application/trickle-ice-sdpfrag (RFC 8840, section 9), as a WHEP PATCH carries
/// it: further candidates of one side, or the new ICE credentials of a restart.
struct IceFragment {
  static constexpr std::size_t kMaxSize = 64 * 1024;
  static constexpr std::size_t kMaxCandidates = 256;

  struct Candidate {
    std::string mid;          ///< As in the `a=mid` above it; empty where the fragment has none.
    unsigned mline_index = 0; ///< Counted in the fragment: a fragment that leaves media out needs
                              ///< `mid` instead.
    std::string candidate;    ///< "candidate:…" without the leading "a=".
  };

  /// Errc::invalid: too large, not SDP lines, bad credentials, a malformed candidate.
  static Result<IceFragment> parse(std::string_view text);

  /// CRLF lines; one pseudo m-line for each mid, in the order of their first candidate. Where there
  /// is no candidate, only the session-level lines.
  std::string to_string() const;

  /// Whether both credentials are there, as an ICE restart needs.
  bool has_credentials() const { return !ufrag.empty() && !pwd.empty(); }

  std::string ufrag; ///< Empty if absent.
  std::string pwd;   ///< Empty if absent.
  std::vector<Candidate> candidates;
  bool end_of_candidates = false; ///< For the whole session or for any of its media.
};

} // namespace fanlight::http
