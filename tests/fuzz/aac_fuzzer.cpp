#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <vector>

#include "aac/unpacker.h"

namespace {

using fanlight::aac::Bytes;
using fanlight::aac::Description;
using fanlight::aac::Unpacker;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Reads what decides what the rest is; zeros behind the end.
class Input {
 public:
  explicit Input(Bytes bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const unsigned value = rest_[0];
    rest_ = rest_.subspan(1);
    return value;
  }
  Bytes bytes(std::size_t count) {
    const Bytes part = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(part.size());
    return part;
  }

 private:
  Bytes rest_;
};

/// A byte each: flags, the clock, the lengths in headers, and the length of the configuration,
/// which comes then.
Description read_description(Input& input) {
  constexpr int kClocks[] = {8000, 16000, 44100, 48000, 90000, 192001};
  constexpr unsigned kLengths = 33; // The element takes up to 32.
  Description description;
  const unsigned flags = input.byte();
  description.latm = (flags & 1) != 0;
  description.config_in_stream = (flags & 2) != 0;
  description.lengths_said = (flags & 4) == 0;
  description.channels = static_cast<int>(flags >> 3 & 3);
  description.clock_rate = kClocks[input.byte() % std::size(kClocks)];
  for (unsigned* const length :
       {&description.size_length, &description.index_length, &description.index_delta_length,
        &description.cts_delta_length, &description.dts_delta_length, &description.other_length,
        &description.auxiliary_size_length})
    *length = input.byte() % kLengths;
  description.constant_size = input.byte();
  const Bytes config = input.bytes(input.byte());
  description.config.assign(config.begin(), config.end());
  return description;
}

/// The input as a stream: its description, then of each packet a byte of flags, two of its length,
/// and the payload.
void play(Input input) {
  Description description = read_description(input);
  Unpacker unpacker{std::move(description)};
  std::uint32_t timestamp = 0;
  std::size_t taken = 0;
  std::size_t given = 0;
  while (!input.empty()) {
    const unsigned flags = input.byte();
    const unsigned high = input.byte();
    const Bytes payload = input.bytes(high << 8 | input.byte());
    if ((flags & 2) != 0) unpacker.lose();
    timestamp += (flags & 4) != 0 ? 1024 : 0;
    unpacker.take(payload, (flags & 1) != 0, timestamp, timestamp);
    taken += payload.size();
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
  play(Input{{data, size}});
  return 0;
}
