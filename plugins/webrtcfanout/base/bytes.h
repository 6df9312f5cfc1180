#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fanlight::fanout {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// Numbers in network byte order, at any address.

inline std::uint16_t read_u16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t read_u24(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0] << 16 | at[1] << 8 | at[2]);
}
inline std::uint32_t read_u32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) << 24 | read_u24(at + 1);
}
inline std::uint64_t read_u64(const std::uint8_t* at) {
  return static_cast<std::uint64_t>(read_u32(at)) << 32 | read_u32(at + 4);
}
inline void write_u16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
inline void write_u24(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 16);
  write_u16(at + 1, static_cast<std::uint16_t>(value));
}
inline void write_u32(std::uint8_t* at, std::uint32_t value) {
  write_u16(at, static_cast<std::uint16_t>(value >> 16));
  write_u16(at + 2, static_cast<std::uint16_t>(value));
}
inline void write_u64(std::uint8_t* at, std::uint64_t value) {
  write_u32(at, static_cast<std::uint32_t>(value >> 32));
  write_u32(at + 4, static_cast<std::uint32_t>(value));
}

} // namespace fanlight::fanout
