// srtp-cost: nanoseconds of CPU a packet, and bytes a context, of the element's SRTP.
//
// Every context in turn protects a frame of ten packets of 1180 bytes, out of place: what a worker
// does for its viewers.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include <malloc.h>

#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kHeader = 20; // With one header extension.
constexpr std::size_t kPayload = 1160;
constexpr std::size_t kPacketsOfFrame = 10;
constexpr std::size_t kPacketsOfRound = 200000;
constexpr int kRounds = 5;

double cpu_ns() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

std::vector<std::unique_ptr<RtpProtector>> make_contexts(SrtpProfile profile, std::size_t count) {
  std::vector<std::unique_ptr<RtpProtector>> contexts(count);
  SrtpKey key{.profile = profile};
  for (std::size_t i = 0; i < count; ++i) {
    write_u32(key.key.data(), static_cast<std::uint32_t>(i));
    contexts[i] = RtpProtector::create(key);
  }
  return contexts;
}

/// The best of some rounds: the machine's other load only adds.
double ns_per_packet(std::vector<std::unique_ptr<RtpProtector>>& contexts) {
  std::vector<std::uint8_t> frame(kPacketsOfFrame * (kHeader + kPayload), 0x5a);
  std::vector<std::uint8_t> out(kPacketsOfFrame * (kHeader + kPayload + 16));
  std::uint64_t index = 0;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t frames =
        std::max(contexts.size(), kPacketsOfRound / kPacketsOfFrame) / contexts.size();
    const double start = cpu_ns();
    for (std::size_t i = 0; i < frames; ++i, index += kPacketsOfFrame)
      for (const auto& context : contexts) {
        std::uint8_t* to = out.data();
        for (std::size_t k = 0; k < kPacketsOfFrame; ++k) {
          const Bytes packet = Bytes{frame}.subspan(k * (kHeader + kPayload), kHeader + kPayload);
          to += context->protect(packet.first(kHeader), packet.subspan(kHeader), index + k, to);
        }
      }
    const double packets = static_cast<double>(frames * contexts.size() * kPacketsOfFrame);
    best = std::min(best, (cpu_ns() - start) / packets);
  }
  return best;
}

} // namespace
} // namespace fanlight::fanout

int main() {
  using namespace fanlight::fanout;
  for (const SrtpProfile profile :
       {SrtpProfile::aead_aes_128_gcm, SrtpProfile::aes128_cm_sha1_80}) {
    const bool is_gcm = profile == SrtpProfile::aead_aes_128_gcm;
    const auto first = make_contexts(profile, 1); // Has OpenSSL make what all contexts share.
    for (const std::size_t count : {1, 200, 2000, 10000}) {
      const std::size_t before = mallinfo2().uordblks;
      auto contexts = make_contexts(profile, count);
      const std::size_t bytes = (mallinfo2().uordblks - before) / count;
      std::printf(R"({"profile": "%s", "contexts": %zu, "ns_per_packet": %.0f, )"
                  R"("bytes_per_context": %zu})"
                  "\n",
                  is_gcm ? "AEAD_AES_128_GCM" : "AES128_CM_SHA1_80", count, ns_per_packet(contexts),
                  bytes);
    }
  }
}
