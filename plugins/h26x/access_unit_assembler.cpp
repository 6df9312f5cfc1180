#include "h26x/access_unit_assembler.h"

#include <algorithm>
#include <utility>

#include "h26x/rbsp.h"

namespace fanlight::h26x {
namespace {

using Role = NalHead::Role;

/// Enough of a NAL unit for what is read of a slice header.
constexpr std::size_t kBegin = 24;

/// The beginning of a NAL unit, also if its header is separate.
struct Begin {
  explicit Begin(const Piece& piece) {
    std::copy_n(piece.header.begin(), piece.header_bytes, bytes.begin());
    const std::size_t more = std::min(piece.bytes.size(), kBegin - piece.header_bytes);
    std::copy_n(piece.bytes.begin(), more, bytes.begin() + piece.header_bytes);
    size = piece.header_bytes + more;
  }
  operator Bytes() const { return Bytes{bytes}.first(size); }
  std::array<std::uint8_t, kBegin> bytes{};
  std::size_t size = 0;
};

} // namespace

std::optional<AccessUnit> AccessUnitAssembler::next() {
  if (taken_ == ready_.size()) {
    ready_.clear();
    taken_ = 0;
    return {};
  }
  return std::move(ready_[taken_++]);
}

void AccessUnitAssembler::take(const RtpPacket& packet, std::uint64_t time) {
  if (running_ && packet.number != next_number_) lose();
  running_ = true;
  next_number_ = static_cast<std::uint16_t>(packet.number + 1);
  RtpPayload payload{codec_, packet.payload};
  const std::uint64_t most = stats_.pictures + kMostInPacket;
  bool excess = false;
  while (const auto piece = payload.next()) {
    excess = stats_.pictures >= most;
    if (excess) break;
    take_piece(*piece, packet, time);
  }
  if (excess) lose();
  if (excess || payload.malformed()) {
    ++stats_.malformed;
    stats_.malformed_type = payload.type();
  }
  if (packet.marker) on_marker();
}

void AccessUnitAssembler::end() {
  if (target_ != Target::none) drop_unit();
  if (open_) finish(false);
  prefix_.clear();
  fresh_.clear();
  running_ = false;
}

void AccessUnitAssembler::lose() {
  if (target_ != Target::none) drop_unit();
  // Its other slices may be lost, too, unless the marker says that there are none.
  if (open_ && (!open_->marked || stats_.markers == Markers::wrong))
    open_->unit.damaged = open_->unit.discont = true;
  else
    lost_ = true;
}

// ---- NAL units ----

void AccessUnitAssembler::take_piece(const Piece& piece, const RtpPacket& packet,
                                     std::uint64_t time) {
  if (piece.begins) {
    if (target_ != Target::none) end_unit(); // Some cameras never say that a fragment is the last.
    packed_ = false;
    begin_unit(piece, packet, time);
  } else if (target_ == Target::none) { // Its beginning is missing.
    if (open_) open_->unit.damaged = true;
    return;
  } else if (target_ == Target::picture && open_->marked) {
    open_->contradicted = true;
  }
  if (piece.header_bytes > 0)
    append_packed(piece, packet, time);
  else
    append(piece.bytes);
  if (piece.ends && target_ != Target::none) end_unit();
}

void AccessUnitAssembler::append_packed(const Piece& piece, const RtpPacket& packet,
                                        std::uint64_t time) {
  // A start code, and the beginning of a unit behind it, may lie in two fragments.
  constexpr std::size_t kTail = 16;
  constexpr std::size_t kEnough = 8;
  const auto splits = [this] {
    return target_ == Target::set || (packed_ && target_ == Target::prefix);
  };
  if (!splits()) return append(piece.bytes);
  std::vector<std::uint8_t>& open = target_ == Target::set ? set_ : prefix_;
  const std::size_t size = open.size() - (target_ == Target::set ? 0 : unit_at_ + 4);
  const auto tail = open.end() - static_cast<std::ptrdiff_t>(std::min(kTail, size));
  std::vector<std::uint8_t> joined(tail, open.end());
  open.erase(tail, open.end());
  joined.insert(joined.end(), piece.bytes.begin(), piece.bytes.end());
  Bytes rest = joined;
  while (splits()) {
    const std::size_t code = next_start_code(rest);
    std::size_t next = code;
    while (next < rest.size() && rest[next] == 0) ++next;
    if (next == rest.size() || (rest.size() - next <= kEnough && !piece.ends)) break;
    append(rest.first(code));
    end_unit();
    packed_ = true;
    rest = rest.subspan(next + 1);
    if (rest.size() < header_size(codec_)) return;
    Piece more;
    more.bytes = rest;
    begin_unit(more, packet, time);
  }
  append(rest);
}

void AccessUnitAssembler::begin_unit(const Piece& piece, const RtpPacket& packet,
                                     std::uint64_t time) {
  const Begin begin{piece};
  const NalHead head = head_of(codec_, begin);
  is_slice_ = false;
  if (open_ && ends_picture(head, begin, packet)) finish(false);
  switch (head.role) {
  case Role::useless: target_ = Target::nowhere; break;
  case Role::delimiter: // In a fragment: other units are packed behind it.
    target_ = piece.header_bytes > 0 ? Target::set : Target::nowhere;
    set_.clear();
    break;
  case Role::suffix: target_ = open_ ? Target::picture : Target::nowhere; break;
  case Role::parameter_set:
    target_ = Target::set;
    set_.clear();
    break;
  case Role::prefix:
    target_ = Target::prefix;
    unit_at_ = prefix_.size();
    append_start_code(prefix_);
    break;
  case Role::slice: begin_slice(head, begin, packet, time); break;
  }
  if (target_ == Target::picture) {
    unit_at_ = open_->unit.bytes.size();
    append_start_code(open_->unit.bytes);
  }
  append(Bytes{piece.header}.first(piece.header_bytes));
}

bool AccessUnitAssembler::ends_picture(const NalHead& head, Bytes begin, const RtpPacket& packet) {
  if (packet.timestamp != open_->unit.timestamp) {
    // Some cameras give each slice a timestamp of its own.
    const bool more = head.role == Role::slice && !head.first && !open_->marked;
    return !more || lost_ || open_->unit.discont;
  }
  // Not at a parameter set: rtph264pay repeats them before every slice of a key picture.
  if (head.role == Role::delimiter) return true;
  if (head.role != Role::slice || !head.first) return false;
  const auto field = open_->field ? field_of(head, begin) : std::nullopt;
  const bool second =
      field && field->frame == open_->field->frame && field->bottom != open_->field->bottom;
  if (second) open_->field.reset();
  return !second;
}

std::optional<AccessUnitAssembler::Field> AccessUnitAssembler::field_of(const NalHead& head,
                                                                        Bytes begin) const {
  const ParameterSets::Format* const format = sets_.format().get();
  if (codec_ != Codec::h264 || head.type > 5 || !format || format->sps.frames_only) return {};
  Rbsp bits(begin.subspan(header_size(codec_)));
  bits.ue(); // first_mb_in_slice
  bits.ue(); // slice_type
  bits.ue(); // pic_parameter_set_id
  if (format->sps.separate_planes) bits.skip(2);
  Field field;
  field.frame = bits.bits(format->sps.frame_num_bits);
  if (!bits.flag()) return {}; // field_pic_flag
  field.bottom = bits.flag();
  return bits.ok() ? std::optional{field} : std::nullopt;
}

void AccessUnitAssembler::begin_slice(const NalHead& head, Bytes begin, const RtpPacket& packet,
                                      std::uint64_t time) {
  if (open_) {
    open_->contradicted = open_->contradicted || open_->marked;
  } else if (!head.first && ended_by_marker_ && packet.timestamp == last_timestamp_) {
    // The marker that ended the last picture was not its end. The rest is of no use any more.
    stats_.markers = Markers::wrong;
    ++stats_.damaged;
    lost_ = true;
    target_ = Target::nowhere;
    return;
  } else {
    start_picture(head, begin, packet, time);
  }
  target_ = Target::picture;
  is_slice_ = true;
  ++open_->slices;
}

void AccessUnitAssembler::start_picture(const NalHead& head, Bytes begin, const RtpPacket& packet,
                                        std::uint64_t time) {
  Picture& picture = open_.emplace();
  AccessUnit& unit = picture.unit;
  unit.time = time;
  unit.timestamp = packet.timestamp;
  unit.key = head.key;
  unit.damaged = !head.first;
  unit.discont = std::exchange(lost_, false);
  unit.format = sets_.format();
  unit.bytes.reserve(usual_bytes_[unit.key ? 1 : 0]);
  if (unit.key)
    sets_.write(unit.bytes);
  else
    unit.bytes.insert(unit.bytes.end(), fresh_.begin(), fresh_.end());
  fresh_.clear();
  unit.bytes.insert(unit.bytes.end(), prefix_.begin(), prefix_.end());
  prefix_.clear();
  picture.decodable = sets_.complete();
  const bool recovery = std::exchange(recovery_point_, false);
  picture.start_point = !unit.key && (recovery || is_intra_slice(codec_, begin));
  picture.field = field_of(head, begin);
}

void AccessUnitAssembler::append(Bytes bytes) {
  switch (target_) {
  case Target::none:
  case Target::nowhere: return;
  case Target::set:
    if (set_.size() + bytes.size() > ParameterSets::kMostBytes) return drop_unit();
    set_.insert(set_.end(), bytes.begin(), bytes.end());
    return;
  case Target::prefix:
    if (prefix_.size() + bytes.size() > kMostPrefix) return drop_unit();
    prefix_.insert(prefix_.end(), bytes.begin(), bytes.end());
    return;
  case Target::picture: {
    std::vector<std::uint8_t>& out = open_->unit.bytes;
    if (out.size() + bytes.size() > kMostBytes) return drop_picture();
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  }
}

void AccessUnitAssembler::end_unit() {
  switch (std::exchange(target_, Target::none)) {
  case Target::none:
  case Target::nowhere:
  case Target::picture: return;
  case Target::set:
    if (sets_.add(set_) && fresh_.size() + set_.size() <= kMostPrefix) {
      append_start_code(fresh_);
      fresh_.insert(fresh_.end(), set_.begin(), set_.end());
    }
    return;
  case Target::prefix:
    recovery_point_ =
        recovery_point_ || has_recovery_point(codec_, Bytes{prefix_}.subspan(unit_at_ + 4));
  }
}

void AccessUnitAssembler::drop_unit() {
  const Target target = std::exchange(target_, Target::nowhere);
  if (target == Target::prefix) prefix_.resize(unit_at_);
  if (target != Target::picture) return;
  open_->unit.bytes.resize(unit_at_);
  if (!is_slice_) return;
  --open_->slices;
  open_->unit.damaged = true;
}

void AccessUnitAssembler::drop_picture() {
  target_ = Target::nowhere;
  open_.reset();
  ++stats_.damaged;
  lost_ = true;
}

// ---- Pictures ----

void AccessUnitAssembler::on_marker() {
  if (!open_) return; // A delimiter, a parameter set or an SEI: not the end of a picture.
  open_->marked = true;
  if (stats_.markers == Markers::right && target_ == Target::none) finish(true);
}

void AccessUnitAssembler::judge_markers(const Picture& picture) {
  if (picture.contradicted) stats_.markers = Markers::wrong;
  if (stats_.markers != Markers::unproved || !picture.marked || picture.unit.damaged) return;
  ++proofs_;
  key_proof_ = key_proof_ || picture.unit.key;
  if (proofs_ >= (key_proof_ ? kProofs : kManyProofs)) stats_.markers = Markers::right;
}

void AccessUnitAssembler::finish(bool by_marker) {
  Picture picture = std::move(*open_);
  open_.reset();
  if (picture.slices == 0) { // Its only slice was dropped.
    ++stats_.damaged;
    lost_ = true;
    return;
  }
  judge_markers(picture);
  AccessUnit& unit = picture.unit;
  ended_by_marker_ = by_marker;
  last_timestamp_ = unit.timestamp;
  ++stats_.pictures;
  stats_.key_pictures += unit.key ? 1 : 0;
  stats_.start_points += picture.start_point ? 1 : 0;
  stats_.damaged += unit.damaged ? 1 : 0;
  std::size_t& usual = usual_bytes_[unit.key ? 1 : 0];
  usual = std::max(unit.bytes.size(), usual - usual / 8);
  if (stats_.waiting) {
    if (!unit.key || !picture.decodable) return;
    if (unit.damaged && ++poor_starts_ < kMostPoorStarts) return;
    stats_.waiting = false;
    unit.discont = true;
  }
  // The cache of the group of pictures keeps it.
  if (unit.bytes.capacity() > unit.bytes.size() * 3 / 2) unit.bytes.shrink_to_fit();
  ready_.push_back(std::move(unit));
}

} // namespace fanlight::h26x
