#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/rtp_format.h"

namespace fanlight::sdp {

/// The parts of a viewer's SDP offer (RFC 8866, RFC 8829) that the server uses. Everything is
/// validated: no field contains control characters or white space, and all that an answer needs is
/// present.
struct Offer {
  static constexpr std::size_t kMaxSize = 256 * 1024;
  static constexpr std::size_t kMaxMedia = 64;
  static constexpr std::size_t kMaxPayloads = 128; ///< Per media; RTP has no more.

  enum class Kind { video, audio, other };
  enum class Direction { sendrecv, sendonly, recvonly, inactive };

  struct Payload {
    int type = 0;                      ///< 0-127.
    RtpFormat format;                  ///< `encoding` is empty if the offer has no rtpmap.
    std::vector<std::string> feedback; ///< a=rtcp-fb values, e.g. "nack", "nack pli".
    std::optional<int> rtx;            ///< Payload type of its retransmission (RFC 4588).

    bool has_feedback(std::string_view value) const;
  };

  struct HeaderExtension {
    int id = 0;
    std::string uri;
    /// From the viewer's side: recvonly = the viewer receives.
    Direction direction = Direction::sendrecv;
  };

  /// ICE and DTLS of one media; those of its bundle if the media has none.
  struct Transport {
    std::string ice_ufrag;
    std::string ice_pwd;
    std::string fingerprint; ///< "sha-256 AB:CD:…", the strongest one offered.
    std::string setup;       ///< actpass, active or passive.
  };

  struct Media {
    Kind kind = Kind::other;
    std::string type;                 ///< As written: video, audio, application.
    std::string protocol;             ///< As written: UDP/TLS/RTP/SAVPF.
    std::vector<std::string> formats; ///< As written; for audio and video the payload types.
    std::string mid;
    Direction direction = Direction::sendrecv;
    int port = 0;
    bool bundle_only = false;
    bool rejected = false; ///< Port 0 and not bundle-only (RFC 9143): must not be used.
    bool bundled = false;
    bool rtcp_mux = false;
    bool rtcp_rsize = false;
    bool receiver_rtt = false;     ///< The viewer wants round trip reports (RFC 3611, section 5.1).
    std::vector<Payload> payloads; ///< In the order of the m-line: the viewer's preference.
    std::vector<HeaderExtension> extensions;
    Transport transport;
    std::vector<std::string> candidates; ///< "candidate:…" without the leading "a=".

    const Payload* find(int payload_type) const;
    const HeaderExtension* find_extension(std::string_view uri) const;
    /// Whether the server may send on it: audio or video, not rejected, sendrecv or recvonly.
    bool receives() const;
  };

  /// Errc::invalid names the line and what a viewer's offer needs instead.
  static Result<Offer> parse(std::string_view text);

  const Media* find(std::string_view mid) const;
  /// The index of the media with this mid; none if there is no such media.
  std::optional<unsigned> mline_of(std::string_view mid) const;
  /// The first of its media's ICE user names; empty if all its media are without ICE.
  const std::string& ice_ufrag() const;

  std::string session_id = "0";      ///< Digits, from o=.
  std::string session_version = "0"; ///< Digits, from o=.
  std::vector<std::string> bundle;   ///< The mids of the BUNDLE group; empty: no group.
  std::vector<Media> media;          ///< In the order of the m-lines.
};

const char* to_string(Offer::Direction direction);

} // namespace fanlight::sdp
