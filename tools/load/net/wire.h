#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fanlight::load {

using Bytes = std::span<const std::uint8_t>;

inline std::uint16_t get16(Bytes data, std::size_t at) {
  return static_cast<std::uint16_t>(data[at] << 8 | data[at + 1]);
}

inline std::uint32_t get32(Bytes data, std::size_t at) {
  return static_cast<std::uint32_t>(get16(data, at)) << 16 | get16(data, at + 2);
}

inline void put16(std::vector<std::uint8_t>& data, std::uint16_t value) {
  data.push_back(static_cast<std::uint8_t>(value >> 8));
  data.push_back(static_cast<std::uint8_t>(value));
}

inline void put32(std::vector<std::uint8_t>& data, std::uint32_t value) {
  put16(data, static_cast<std::uint16_t>(value >> 16));
  put16(data, static_cast<std::uint16_t>(value));
}

} // namespace fanlight::load
