#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webrtcfanout/ice/ice_credentials.h"

namespace fanlight::fanout {

/// The receive-only offer of a viewer (RFC 8866, RFC 8829), as far as this element acts on it:
/// everything is bounded and checked, no field holds control characters.
struct Offer {
  static constexpr std::size_t kMaxSize = 256 * 1024;
  static constexpr std::size_t kMaxMedia = 64;
  static constexpr std::size_t kMaxFormats = 128; ///< Of one media; RTP has no more.

  struct Payload {
    int type = 0;
    std::string encoding; ///< Upper case: H264, H265, OPUS, PCMU, PCMA; static types are filled in.
    int clock_rate = 0;
    int channels = 1;
    std::string fmtp;          ///< As written.
    bool nack = false;         ///< a=rtcp-fb: nack
    bool pli = false;          ///< nack pli
    bool fir = false;          ///< ccm fir
    bool remb = false;         ///< goog-remb
    bool transport_cc = false; ///< transport-cc
    std::optional<int> rtx;    ///< Payload type of its retransmission (RFC 4588).
  };
  struct Extension {
    int id = 0; ///< 1-14: one-byte headers only (RFC 8285, section 4.2); others are left out.
    std::string uri;
    bool receive_only = false; ///< Offered as recvonly: answered as sendonly.
  };
  struct Media {
    std::string type;                 ///< audio, video, application ...
    std::string protocol;             ///< UDP/TLS/RTP/SAVPF
    std::vector<std::string> formats; ///< As written.
    std::string mid;                  ///< A token; empty where there is none.
    bool rejected = false;            ///< Port 0 and not bundle-only.
    bool receives = false;            ///< audio or video, not rejected, sendrecv or recvonly.
    bool rtcp_rsize = false;
    bool receiver_rtt = false;         ///< It wants to know the round trip (RFC 3611, section 5.1).
    std::vector<Payload> payloads;     ///< In the offer's order, without RTX, RED and FEC, and
                                       ///< without types that have no rtpmap and need one.
    std::vector<Extension> extensions; ///< That the viewer receives.
    // Its own, or the session's, or those of the first of its bundle.
    std::string ice_ufrag;
    std::string ice_pwd;
    std::string fingerprint; ///< "sha-256 AB:CD:…", the strongest of those offered.
    std::string setup;       ///< actpass or active, where it receives.
  };

  /// None with the reason in `why`, which names the line and what it needs to be: no BUNDLE of all
  /// received media, no ICE credentials or fingerprint, setup:passive (we are the DTLS server), an
  /// ICE-lite viewer, rtcp-mux missing, too long.
  static std::optional<Offer> parse(std::string_view text, std::string& why);

  /// Whose ICE and DTLS the bundle has: the first media that receives (RFC 9143, section 7.1).
  const Media* transport() const;
  /// Those of transport() first, then of others, whose ICE may carry the bundle as well (section
  /// 7.3.1), up to kMaxCredentials; almost all offers have one pair for all.
  std::vector<IceCredentials> credentials() const;
  static constexpr std::size_t kMaxCredentials = 4;

  std::string session_id = "0";
  std::string session_version = "0";
  std::vector<std::string> bundle;
  std::vector<Media> media; ///< In the order of the m-lines.
};

} // namespace fanlight::fanout
