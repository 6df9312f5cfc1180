#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "h26x/nal_unit.h"
#include "h26x/sps.h"

namespace fanlight::h26x {

/// The newest parameter sets of a stream, by kind and id: from the description and from the stream.
class ParameterSets {
 public:
  /// Larger sets, and more of them, are not kept.
  static constexpr std::size_t kMostBytes = 4096;
  static constexpr std::size_t kMostSets = 64;
  /// Of all of them with their start codes: every key picture gets them, however small it is. Those
  /// of real streams have a few hundred bytes.
  static constexpr std::size_t kMostTotal = 16 * 1024;

  /// What an SPS says.
  struct Format {
    Sps sps;
    /// Without emulation prevention: profile_idc to level_idc (H.264), profile_tier_level() without
    /// its sub-layers (H.265).
    std::vector<std::uint8_t> profile;
  };

  explicit ParameterSets(Codec codec) : codec_(codec) {}

  /// Takes a NAL unit with its header. False: it is known already, or cannot be used.
  bool add(Bytes unit);
  /// Whether there is one of each kind, a decoder can start.
  bool complete() const;
  /// Appends all sets in the order of their kinds, each after a start code.
  void write(std::vector<std::uint8_t>& out) const;
  /// Of the newest SPS; null: there is none.
  const std::shared_ptr<const Format>& format() const { return format_; }

 private:
  struct Set {
    unsigned type = 0;
    std::uint32_t id = 0;
    std::vector<std::uint8_t> unit;
  };
  std::optional<std::uint32_t> id_of(unsigned type, Bytes unit) const;
  bool has(unsigned type) const;
  std::size_t total() const; ///< Of what write() appends.

  const Codec codec_;
  std::vector<Set> sets_; ///< In the order of type and id.
  std::shared_ptr<const Format> format_;
};

void append_start_code(std::vector<std::uint8_t>& out);

} // namespace fanlight::h26x
