#include "h26x/parameter_sets.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "h26x/rbsp.h"

namespace fanlight::h26x {
namespace {

constexpr unsigned kSpsH264 = 7;
constexpr unsigned kPpsH264 = 8;
constexpr unsigned kVpsH265 = 32;
constexpr unsigned kSpsH265 = 33;
constexpr unsigned kPpsH265 = 34;

constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};

std::optional<Sps> read_sps(Codec codec, Bytes unit) {
  return codec == Codec::h264 ? read_sps_h264(unit) : read_sps_h265(unit);
}

std::vector<std::uint8_t> profile_of(Codec codec, Bytes sps) {
  Rbsp bits(sps.subspan(header_size(codec)));
  if (codec == Codec::h265) bits.skip(8); // The VPS's id, and the number of sub-layers.
  std::vector<std::uint8_t> profile(codec == Codec::h264 ? 3 : 12);
  for (std::uint8_t& byte : profile) byte = static_cast<std::uint8_t>(bits.bits(8));
  return profile;
}

} // namespace

void append_start_code(std::vector<std::uint8_t>& out) {
  out.insert(out.end(), std::begin(kStartCode), std::end(kStartCode));
}

std::optional<std::uint32_t> ParameterSets::id_of(unsigned type, Bytes unit) const {
  const bool is_sps = type == (codec_ == Codec::h264 ? kSpsH264 : kSpsH265);
  if (is_sps) {
    const auto sps = read_sps(codec_, unit);
    return sps ? std::optional<std::uint32_t>{sps->id} : std::nullopt;
  }
  Rbsp bits(unit.subspan(header_size(codec_)));
  const std::uint32_t id = type == kVpsH265 && codec_ == Codec::h265 ? bits.bits(4) : bits.ue();
  return bits.ok() ? std::optional{id} : std::nullopt;
}

bool ParameterSets::add(Bytes unit) {
  while (!unit.empty() && unit.back() == 0) unit = unit.first(unit.size() - 1); // Padding.
  const NalHead head = head_of(codec_, unit);
  if (head.role != NalHead::Role::parameter_set || unit.size() > kMostBytes) return false;
  const auto id = id_of(head.type, unit);
  if (!id) return false;
  const auto key = std::make_tuple(head.type, *id);
  const auto place =
      std::lower_bound(sets_.begin(), sets_.end(), key, [](const Set& set, const auto& wanted) {
        return std::make_tuple(set.type, set.id) < wanted;
      });
  if (place != sets_.end() && place->type == head.type && place->id == *id) {
    if (std::equal(unit.begin(), unit.end(), place->unit.begin(), place->unit.end())) return false;
    if (total() - place->unit.size() + unit.size() > kMostTotal) return false;
    place->unit.assign(unit.begin(), unit.end());
  } else {
    if (sets_.size() >= kMostSets || total() + std::size(kStartCode) + unit.size() > kMostTotal)
      return false;
    sets_.insert(place, Set{head.type, *id, {unit.begin(), unit.end()}});
  }
  if (head.type == (codec_ == Codec::h264 ? kSpsH264 : kSpsH265))
    format_ = std::make_shared<const Format>(
        Format{read_sps(codec_, unit).value_or(Sps{}), profile_of(codec_, unit)});
  return true;
}

bool ParameterSets::has(unsigned type) const {
  return std::any_of(sets_.begin(), sets_.end(),
                     [type](const Set& set) { return set.type == type; });
}

std::size_t ParameterSets::total() const {
  std::size_t bytes = 0;
  for (const Set& set : sets_) bytes += std::size(kStartCode) + set.unit.size();
  return bytes;
}

bool ParameterSets::complete() const {
  if (codec_ == Codec::h264) return has(kSpsH264) && has(kPpsH264);
  return has(kVpsH265) && has(kSpsH265) && has(kPpsH265);
}

void ParameterSets::write(std::vector<std::uint8_t>& out) const {
  for (const Set& set : sets_) {
    append_start_code(out);
    out.insert(out.end(), set.unit.begin(), set.unit.end());
  }
}

} // namespace fanlight::h26x
