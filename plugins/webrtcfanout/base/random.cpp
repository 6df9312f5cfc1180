#include "webrtcfanout/base/random.h"

#include <vector>

#include <sys/random.h>

namespace fanlight::fanout {
namespace {

void fill(void* bytes, std::size_t size) {
  // Up to 256 bytes come completely (getrandom(2)), unless a signal interrupts the wait for entropy
  // after boot.
  while (getrandom(bytes, size, 0) != static_cast<ssize_t>(size)) {
  }
}

std::string random_text(std::size_t length, const char* alphabet) {
  std::string text(length, '\0');
  fill(text.data(), length);
  for (char& c : text) c = alphabet[c & 63];
  return text;
}

} // namespace

std::uint32_t random_u32() {
  std::uint32_t value = 0;
  fill(&value, sizeof value);
  return value;
}

std::string random_ice_text(std::size_t length) {
  return random_text(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

std::string random_name(std::size_t length) {
  return random_text(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

} // namespace fanlight::fanout
