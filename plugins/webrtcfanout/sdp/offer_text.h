#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webrtcfanout/sdp/offer.h"

namespace fanlight::fanout {

/// An offer as it stands line by line, each line checked alone; Offer::parse() makes a whole of it.
struct OfferText {
  struct Fingerprint {
    std::size_t bytes = 0; ///< Of the hash; 0: none that is known (RFC 8122, section 5).
    std::string text;      ///< "sha-256 AB:CD:…"
  };
  /// What may stand at the session or at a media.
  struct Attributes {
    std::string ufrag;
    std::string pwd;
    Fingerprint fingerprint; ///< The strongest.
    std::string setup;
    std::string direction; ///< sendrecv, sendonly, recvonly or inactive.
    std::vector<Offer::Extension> extensions;
  };
  struct Media {
    Offer::Media media; ///< Of each line its own; all payloads, also those that repair.
    Attributes own;
    int port = 0;
    bool bundle_only = false;
    bool rtcp_mux = false;
    bool is_rtp = false; ///< Audio or video.

    Offer::Payload* find(std::string_view payload_type);
  };

  /// None with the line and what is wrong with it in `why`.
  static std::optional<OfferText> read(std::string_view text, std::string& why);

  std::string session_id = "0";
  std::string session_version = "0";
  std::vector<std::string> bundle;
  Attributes session;
  std::vector<Media> media;
};

/// Whether who says this of a media or an extension receives; not saying it is sendrecv.
bool receives(std::string_view direction);

/// Unless its id or URI is there already: so they are 14 at most.
void add(std::vector<Offer::Extension>& extensions, Offer::Extension extension);

/// RFC 8839, section 5.4: 4 to 256 characters of the fragment, 22 to 256 of the password.
bool is_ice_ufrag(std::string_view text);
bool is_ice_pwd(std::string_view text);

/// "sha-256 AB:CD:…" in the case of an answer; empty if it is no fingerprint of a hash that the
/// element knows.
std::string fingerprint_of(std::string_view value);

} // namespace fanlight::fanout
