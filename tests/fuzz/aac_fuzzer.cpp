#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "aac/unpacker.h"

namespace {

using fanlight::aac::Bytes;
using fanlight::aac::Description;
using fanlight::aac::Unpacker;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The input as a stream: its configuration behind a byte of its length, then of each packet a byte
/// of flags, a byte of its length, and the payload.
void play(Description description, Bytes input) {
  if (input.empty()) return;
  const std::size_t length = std::min<std::size_t>(input[0], input.size() - 1);
  description.config.assign(input.begin() + 1,
                            input.begin() + 1 + static_cast<std::ptrdiff_t>(length));
  input = input.subspan(1 + length);
  Unpacker unpacker{std::move(description)};
  std::uint32_t timestamp = 0;
  std::size_t taken = 0;
  std::size_t given = 0;
  while (input.size() > 2) {
    const std::uint8_t flags = input[0];
    const std::size_t size = std::min<std::size_t>(input.size() - 2, input[1]);
    if ((flags & 2) != 0) unpacker.lose();
    timestamp += (flags & 4) != 0 ? 1024 : 0;
    unpacker.take(input.subspan(2, size), (flags & 1) != 0, timestamp, timestamp);
    taken += size;
    input = input.subspan(2 + size);
    while (const auto frame = unpacker.next()) {
      require(frame->config != nullptr && frame->config->rate > 0);
      require(!frame->config->bytes.empty());
      given += frame->bytes.size();
    }
  }
  require(given <= taken);
}

} // namespace

/// Whatever comes: no crash, no read behind the end, and no more sound than was sent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{data, size};
  play({.clock_rate = 16000}, input);
  play({.clock_rate = 16000, .lengths_said = false}, input);
  play({.latm = true, .config_in_stream = true, .clock_rate = 48000}, input);
  play({.latm = true, .clock_rate = 48000}, input);
  play({.clock_rate = 8000,
        .size_length = 6,
        .index_length = 2,
        .index_delta_length = 2,
        .cts_delta_length = 3,
        .other_length = 1,
        .auxiliary_size_length = 8},
       input);
  return 0;
}
