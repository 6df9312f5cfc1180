#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "h26x/nal_unit.h"
#include "h26x/parameter_sets.h"
#include "h26x/rtp_packet.h"
#include "h26x/rtp_payload.h"

namespace fanlight::h26x {

/// One access unit as a byte stream (Annex B of both standards), without delimiters.
struct AccessUnit {
  std::vector<std::uint8_t> bytes;
  std::uint64_t time = 0; ///< That of the packet with its first slice.
  std::uint32_t timestamp = 0;
  bool key = false;     ///< A browser can start here; begins with all parameter sets.
  bool damaged = false; ///< Slices of it are missing.
  bool discont = false; ///< Packets are missing before or in it, or it is the first.
  /// What its SPS says; null: unknown.
  std::shared_ptr<const ParameterSets::Format> format;
};

/// Assembles the RTP packets of H.264 (RFC 6184) or H.265 (RFC 7798) into access units, whatever
/// the camera does with the marker bit.
///
/// A picture ends where the next one begins: at another RTP timestamp, at a slice that is the first
/// of its picture, or at a delimiter. Only slices make a picture; parameter sets and SEI wait for
/// it, whatever timestamp they have. Waiting for the next picture would delay each
/// one, so the marker ends a picture at once, but only after it has proved to be right: on pictures
/// that the next picture ended, among them a key one. If a slice follows the marker of its picture,
/// the marker is never used again.
///
/// Some cameras send parameter sets and their picture as one NAL unit with start codes, in
/// fragments; it is taken apart.
///
/// Access units come from the first key picture on for which the parameter sets are known. Every
/// key picture gets all of them; a set that repeats is left out elsewhere.
///
/// Each byte is copied once, into the access unit. Packets must come in order. Threads: none of its
/// own. Free of GStreamer.
class AccessUnitAssembler {
 public:
  static constexpr std::size_t kMostBytes = 8 * 1024 * 1024; ///< Of an access unit.
  static constexpr std::size_t kMostPrefix = 64 * 1024;      ///< Of what waits for a picture.
  /// Pictures that one packet may end. It has one (RFC 6184, 5.7.1; RFC 7798, 4.4.2); the rest of a
  /// packet with more is dropped, because each may be far larger than what was sent of it.
  static constexpr unsigned kMostInPacket = 4;
  /// After so many pictures, the marker is used. Without a key picture among them, after
  /// kManyProofs.
  static constexpr unsigned kProofs = 4;
  static constexpr unsigned kManyProofs = 50;
  /// The first access unit must be whole, unless so many key pictures were not.
  static constexpr unsigned kMostPoorStarts = 3;

  enum class Markers { unproved, right, wrong };
  struct Stats {
    std::uint64_t pictures = 0;     ///< All, also those before the first key picture.
    std::uint64_t key_pictures = 0; ///< Of these.
    /// Pictures that are meant as a place to start, but with which browsers cannot start: recovery
    /// points and I pictures that are not IDR.
    std::uint64_t start_points = 0;
    std::uint64_t damaged = 0;   ///< Pictures with missing slices.
    std::uint64_t malformed = 0; ///< Packets with an unusable payload, or with excess pictures.
    unsigned malformed_type = 0; ///< The NAL unit type that the last of them begins with.
    bool waiting = true;         ///< No access unit has come yet.
    Markers markers = Markers::unproved;
  };

  explicit AccessUnitAssembler(Codec codec) : codec_(codec), sets_(codec) {}

  Codec codec() const { return codec_; }
  /// A parameter set of the description (SDP): a NAL unit with its header.
  void add_parameter_set(Bytes unit) { sets_.add(unit); }
  /// `time` goes into the access unit.
  void take(const RtpPacket& packet, std::uint64_t time);
  /// No more packets come: ends the open picture.
  void end();
  /// The next access unit that is complete; none: more packets are needed.
  std::optional<AccessUnit> next();
  const Stats& stats() const { return stats_; }

 private:
  /// Where the bytes of the open NAL unit go.
  enum class Target { none, nowhere, set, prefix, picture };
  /// A field of a frame that is sent as two pictures (H.264, 7.4.3).
  struct Field {
    std::uint32_t frame = 0;
    bool bottom = false;
  };
  struct Picture {
    AccessUnit unit;
    unsigned slices = 0;
    bool decodable = false;     ///< Its parameter sets are known.
    bool start_point = false;   ///< See Stats.
    bool marked = false;        ///< A packet of it had the marker.
    bool contradicted = false;  ///< A slice followed the marker.
    std::optional<Field> field; ///< The first of two.
  };

  void lose();
  void take_piece(const Piece& piece, const RtpPacket& packet, std::uint64_t time);
  void append_packed(const Piece& piece, const RtpPacket& packet, std::uint64_t time);
  void begin_unit(const Piece& piece, const RtpPacket& packet, std::uint64_t time);
  void begin_slice(const NalHead& head, Bytes begin, const RtpPacket& packet, std::uint64_t time);
  void start_picture(const NalHead& head, Bytes begin, const RtpPacket& packet, std::uint64_t time);
  bool ends_picture(const NalHead& head, Bytes begin, const RtpPacket& packet);
  std::optional<Field> field_of(const NalHead& head, Bytes begin) const;
  void append(Bytes bytes);
  void end_unit();
  void drop_unit();
  void drop_picture();
  void on_marker();
  void finish(bool by_marker);
  void judge_markers(const Picture& picture);

  const Codec codec_;
  ParameterSets sets_;
  Stats stats_;
  std::vector<AccessUnit> ready_;
  std::size_t taken_ = 0; ///< Of ready_.

  std::optional<Picture> open_;
  std::vector<std::uint8_t> prefix_; ///< SEI for the next picture.
  std::vector<std::uint8_t> fresh_;  ///< Parameter sets that are new, for the next picture.
  bool recovery_point_ = false;      ///< One of the SEI is one.

  Target target_ = Target::none;
  std::vector<std::uint8_t> set_; ///< The open parameter set.
  std::size_t unit_at_ = 0;       ///< Where the open unit begins in its target.
  bool is_slice_ = false;         ///< The open unit.
  bool packed_ = false;           ///< A start code in it has begun a further one.

  bool running_ = false;
  std::uint16_t next_number_ = 0;
  bool lost_ = false; ///< Packets before the next picture.
  unsigned poor_starts_ = 0;
  unsigned proofs_ = 0;
  bool key_proof_ = false;
  bool ended_by_marker_ = false; ///< The last picture.
  std::uint32_t last_timestamp_ = 0;
  std::array<std::size_t, 2> usual_bytes_{}; ///< Of a picture; by whether it is a key one.
};

} // namespace fanlight::h26x
