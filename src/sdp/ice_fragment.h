#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fanlight::sdp {

/// A body of type application/trickle-ice-sdpfrag (RFC 8840, section 9), as in a WHEP PATCH:
/// further candidates of one side, or the new ICE credentials of a restart.
struct IceFragment {
  static constexpr std::size_t kMaxSize = 64 * 1024;
  static constexpr std::size_t kMaxCandidates = 256;

  struct Candidate {
    std::string mid;          ///< The `a=mid` above it; empty if the fragment has none.
    unsigned mline_index = 0; ///< Within the fragment; if the fragment omits media, use `mid`.
    std::string candidate;    ///< "candidate:…" without the leading "a=".
  };

  /// Errc::invalid: too large, not SDP lines, bad credentials, a malformed candidate.
  static Result<IceFragment> parse(std::string_view text);

  /// Writes CRLF lines; one pseudo m-line per mid, in the order of the first candidates. Without
  /// candidates, writes only the session-level lines.
  std::string to_string() const;

  /// Whether both credentials are present, as an ICE restart requires.
  bool has_credentials() const { return !ufrag.empty() && !pwd.empty(); }

  std::string ufrag; ///< Empty if absent.
  std::string pwd;   ///< Empty if absent.
  std::vector<Candidate> candidates;
  bool end_of_candidates = false; ///< For the whole session or for any of its media.
};

} // namespace fanlight::sdp
