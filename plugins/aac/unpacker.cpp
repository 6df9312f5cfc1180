#include "aac/unpacker.h"

#include <numeric>
#include <utility>

namespace fanlight::aac {
namespace {

constexpr std::size_t kMostHeld = 64;  // Frames that wait for the judge.
constexpr std::size_t kAdtsHeader = 7; // Bytes, without a checksum.

std::optional<AudioConfig> config_of(const Description& description) {
  Bits bits(description.config);
  if (!description.latm) {
    auto config = read_config(bits);
    // What comes behind it, such as SBR, is for the decoder.
    if (config) config->bytes = description.config;
    return config;
  }
  const auto mux = read_mux_config(bits);
  return mux ? std::optional{mux->audio} : std::nullopt;
}

std::optional<MuxConfig> mux_of(const Description& description) {
  Bits bits(description.config);
  return description.latm ? read_mux_config(bits) : std::nullopt;
}

bool is_adts_frame(Bytes bytes) {
  const auto header = read_adts_header(bytes);
  return header && header->frame_size == bytes.size();
}

std::vector<std::uint8_t> bytes_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

} // namespace

Unpacker::Unpacker(Description description)
    : description_(std::move(description)), mux_(mux_of(description_)),
      judge_(config_of(description_), description_.clock_rate, description_.channels) {}

void Unpacker::lose() {
  pending_.clear();
  judge_.lose();
}

std::optional<Frame> Unpacker::next() {
  if (frames_.empty() || !judge_.config()) return {};
  Frame frame = std::move(frames_.front());
  frames_.pop_front();
  if (!frame.config) frame.config = judge_.config();
  return frame;
}

void Unpacker::take(Bytes payload, bool marker, std::uint32_t timestamp, std::uint64_t time) {
  timestamp_ = timestamp;
  time_ = time;
  if (payload.empty()) return;
  // The size of 8 kB of headers, which an ADTS header would be, is none.
  adts_ = adts_ || (!description_.latm && pending_.empty() && read_adts_header(payload));
  const bool taken = adts_               ? take_adts(payload)
                     : description_.latm ? take_element(payload, marker)
                                         : take_units(payload, marker);
  if (taken) return;
  ++malformed_;
  pending_.clear();
  adts_ = false;
}

void Unpacker::add(std::vector<Unit> units) {
  const auto count = static_cast<unsigned>(units.size());
  bool full = false;
  for (unsigned i = 0; i < count; ++i) {
    Frame frame{.bytes = std::move(units[i]), .time = time_, .ahead = i, .config = {}};
    const auto header = read_adts_header(frame.bytes);
    const bool adts = header && header->frame_size == frame.bytes.size();
    if (adts)
      frame.bytes.erase(frame.bytes.begin(),
                        frame.bytes.begin() + static_cast<std::ptrdiff_t>(header->header_size));
    // A configuration of zero channels is in the frames.
    if (adts && header->config.channels != 0)
      judge_.settle(header->config);
    else if (i == 0)
      judge_.see(frame.bytes, timestamp_, count);
    frame.config = judge_.config();
    full = frames_.size() >= kMostHeld;
    if (!full) frames_.push_back(std::move(frame));
  }
  if (full) ++malformed_;
}

// ---- ADTS ----

bool Unpacker::take_adts(Bytes payload) {
  pending_.insert(pending_.end(), payload.begin(), payload.end());
  std::vector<Unit> units;
  Bytes rest = pending_;
  while (!rest.empty()) {
    const auto header = read_adts_header(rest);
    const bool begins = header || (rest.size() < kAdtsHeader && rest[0] == 0xff);
    if (!begins) break;
    if (!header || header->frame_size > rest.size()) { // More of it comes.
      pending_ = bytes_of(rest);
      add(std::move(units));
      return true;
    }
    units.push_back(bytes_of(rest.first(header->frame_size)));
    rest = rest.subspan(header->frame_size);
  }
  const bool read = rest.empty() || !units.empty();
  pending_.clear();
  add(std::move(units));
  return read;
}

// ---- MPEG4-GENERIC ----

bool Unpacker::read_unit_headers(Bits& bits, std::size_t end,
                                 std::vector<std::size_t>& sizes) const {
  const auto skip_delta = [&bits](unsigned length) {
    if (length > 0 && bits.flag()) bits.skip(length);
  };
  while (bits.at() < end) {
    const std::size_t before = bits.at();
    sizes.push_back(description_.size_length > 0 ? bits.read(description_.size_length)
                                                 : description_.constant_size);
    bits.skip(sizes.size() == 1 ? description_.index_length : description_.index_delta_length);
    skip_delta(description_.cts_delta_length);
    skip_delta(description_.dts_delta_length);
    bits.skip(description_.other_length);
    if (bits.at() == before) return false;
  }
  return bits.ok() && bits.at() == end;
}

std::optional<std::vector<std::size_t>> Unpacker::read_unit_sizes(Bits& bits) const {
  std::vector<std::size_t> sizes;
  const std::size_t length = bits.read(16);
  const std::size_t begin = bits.at();
  const std::size_t end = begin + length;
  if (length == 0 || length > bits.left()) return {};
  Bits walk = bits;
  if (!read_unit_headers(walk, end, sizes)) {
    // Cameras leave out indexdeltalength: then all headers are as long as the first.
    const std::size_t stride = std::size_t{description_.size_length} + description_.index_length;
    if (description_.size_length == 0 || length % stride != 0) return {};
    sizes.clear();
    for (std::size_t at = begin; at < end; at += stride) {
      Bits header = bits;
      header.skip(at - begin);
      sizes.push_back(header.read(description_.size_length));
    }
  }
  bits.skip(length + (8 - length % 8) % 8);
  if (description_.auxiliary_size_length > 0) {
    bits.skip(bits.read(description_.auxiliary_size_length));
    bits.skip((8 - bits.at() % 8) % 8);
  }
  return bits.ok() ? std::optional{sizes} : std::nullopt;
}

bool Unpacker::take_units(Bytes payload, bool marker) {
  if (!pending_.empty() && pending_timestamp_ != timestamp_) pending_.clear();
  Bits bits(payload);
  const auto sizes = read_unit_sizes(bits);
  const std::size_t said =
      sizes ? std::accumulate(sizes->begin(), sizes->end(), std::size_t{0}) : 0;
  Bytes rest = sizes ? payload.subspan(bits.at() / 8) : Bytes{};
  // By chance a frame may begin like the headers of several units, but not of their sizes.
  if (!description_.lengths_said && (!sizes || (sizes->size() > 1 && said != rest.size())))
    return take_bare_unit(payload, marker);
  if (!sizes) return false;
  const bool only = sizes->size() == 1;
  if (only && (!pending_.empty() || (said > rest.size() && !marker))) {
    // A part of a unit (RFC 3640, section 3.2.3.1): each has the size of the whole.
    pending_timestamp_ = timestamp_;
    pending_.insert(pending_.end(), rest.begin(), rest.end());
    if (pending_.size() > kMostBytes) return false;
    if (pending_.size() >= said) add({std::exchange(pending_, {})});
    return true;
  }
  std::vector<Unit> units;
  for (const std::size_t size : *sizes) {
    // The only one is what is there, if it cannot have the size that is said.
    const bool all = only && (size == 0 || size > rest.size() || is_adts_frame(rest));
    const std::size_t taken = all ? rest.size() : size;
    if (taken > rest.size() || taken == 0) break;
    units.push_back(bytes_of(rest.first(taken)));
    rest = rest.subspan(taken);
  }
  if (units.empty()) return false;
  add(std::move(units));
  return true;
}

bool Unpacker::take_bare_unit(Bytes payload, bool marker) {
  pending_timestamp_ = timestamp_;
  pending_.insert(pending_.end(), payload.begin(), payload.end());
  if (pending_.size() > kMostBytes) return false;
  if (marker) add({std::exchange(pending_, {})});
  return true;
}

// ---- LATM ----

bool Unpacker::take_element(Bytes payload, bool marker) {
  if (!pending_.empty() && pending_timestamp_ != timestamp_) pending_.clear();
  pending_timestamp_ = timestamp_;
  pending_.insert(pending_.end(), payload.begin(), payload.end());
  Elements elements;
  if (read_element(pending_, true, elements) || read_loas(pending_, elements)) {
    pending_.clear();
    add(std::move(elements.units));
    return true;
  }
  if (const auto header = read_adts_header(pending_); header && !mux_in_stream_) {
    const Bytes frames = pending_;
    if (header->frame_size == frames.size() ||
        (header->frame_size < frames.size() &&
         read_adts_header(frames.subspan(header->frame_size)))) {
      adts_ = true;
      const Unit all = std::exchange(pending_, {});
      return take_adts(all);
    }
  }
  if (!marker) return pending_.size() <= kMostBytes;
  if (!read_elements(pending_, elements)) return false;
  pending_.clear();
  add(std::move(elements.units));
  return true;
}

bool Unpacker::read_element(Bytes element, bool whole, Elements& elements) {
  const Bits bits(element);
  // What the description says comes first.
  if (mux_ && !mux_in_stream_ && !description_.config_in_stream &&
      read_with(bits, *mux_, false, whole, elements))
    return true;
  Bits in_stream(element);
  if (in_stream.flag()) { // useSameStreamMux
    if (mux_ && read_with(in_stream, *mux_, mux_in_stream_, whole, elements)) return true;
  } else if (const auto mux = read_mux_config(in_stream);
             mux && (whole || mux_in_stream_ || description_.config_in_stream) &&
             read_with(in_stream, *mux, true, whole, elements)) {
    mux_ = mux;
    mux_in_stream_ = true;
    return true;
  }
  if (mux_in_stream_) return false;
  return read_with(bits, mux_.value_or(MuxConfig{}), false, whole, elements);
}

bool Unpacker::read_loas(Bytes element, Elements& elements) {
  constexpr std::size_t kHeader = 3;
  bool read = false;
  // AudioSyncStream (ISO/IEC 14496-3, 1.7.2).
  while (element.size() > kHeader && element[0] == 0x56 && (element[1] & 0xe0) == 0xe0) {
    const std::size_t size = std::size_t{element[1] & 0x1fu} << 8 | element[2];
    if (size > element.size() - kHeader ||
        !read_element(element.subspan(kHeader, size), true, elements))
      return read;
    element = element.subspan(kHeader + size);
    read = true;
  }
  return read;
}

/// Cameras put several elements into a packet, or other bytes behind one.
bool Unpacker::read_elements(Bytes rest, Elements& elements) {
  while (!rest.empty() && read_element(rest, false, elements)) rest = rest.subspan(elements.used);
  return !elements.units.empty();
}

bool Unpacker::read_with(Bits bits, const MuxConfig& mux, bool stated, bool whole,
                         Elements& elements) {
  auto units = read_frames(bits, mux);
  if (!units) return false;
  bits.skip(mux.other_bits);
  // It ends with its element: anything else is no such element.
  if (whole && bits.left() >= 8) return false;
  elements.used = (bits.at() + 7) / 8;
  if (stated) judge_.settle(mux.audio);
  for (Unit& unit : *units) elements.units.push_back(std::move(unit));
  return true;
}

} // namespace fanlight::aac
