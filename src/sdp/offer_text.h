#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sdp/offer.h"

namespace fanlight::sdp {

/// Attributes that may stand above the first m-line, for all media, or in one media.
struct SharedAttributes {
  std::string ufrag;
  std::string pwd;
  std::string setup;
  std::string fingerprint; ///< The strongest one.
  std::optional<Offer::Direction> direction;
  std::vector<Offer::HeaderExtension> extensions;
};

/// An offer, line by line. Each line is validated on its own, not the lines together.
struct OfferText {
  Offer offer;
  SharedAttributes session;
  std::vector<SharedAttributes> media; ///< In the order of offer.media.

  /// Errc::invalid names the line.
  static Result<OfferText> read(std::string_view text);
};

} // namespace fanlight::sdp
