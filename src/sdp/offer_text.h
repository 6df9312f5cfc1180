#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// Attributes that may stand above the first m-line for all media, or in one of them.
struct SharedAttributes {
  std::string ufrag;
  std::string pwd;
  std::string setup;
  std::string fingerprint; ///< The strongest.
  std::optional<Offer::Direction> direction;
  std::vector<Offer::HeaderExtension> extensions;
};

/// An offer line by line: what each line says is checked, what the lines mean together is not.
struct OfferText {
  Offer offer;
  SharedAttributes session;
  std::vector<SharedAttributes> media; ///< As offer.media.

  /// Errc::invalid names the line.
  static Result<OfferText> read(std::string_view text);
};

} // namespace fanlight::webrtc
