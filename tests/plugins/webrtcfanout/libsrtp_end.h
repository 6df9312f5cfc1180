#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#include <srtp2/srtp.h>

#include "hex.h"
#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {

/// The other end of a session as libsrtp has it, which shares no line with ours.
class LibsrtpEnd {
 public:
  explicit LibsrtpEnd(const SrtpKey& key, srtp_ssrc_type_t direction) {
    static const srtp_err_status_t ready = start();
    if (ready != srtp_err_status_ok)
      throw std::runtime_error("libsrtp does not start: error " + std::to_string(ready));
    srtp_policy_t policy{};
    policy.ssrc.type = direction;
    if (key.profile == SrtpProfile::aead_aes_128_gcm) {
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
      srtp_crypto_policy_set_rtp_default(&policy.rtp);
      srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    // Salt behind key: of the 14 bytes libsrtp reads 12 with GCM.
    std::array<std::uint8_t, 30> material;
    std::copy(key.salt.begin(), key.salt.end(), std::copy_n(key.key.begin(), 16, material.begin()));
    policy.key = material.data();
    policy.window_size = 1024;
    if (srtp_create(&session_, &policy) != srtp_err_status_ok)
      throw std::runtime_error("libsrtp gives no session");
  }
  ~LibsrtpEnd() { srtp_dealloc(session_); }
  LibsrtpEnd(const LibsrtpEnd&) = delete;
  LibsrtpEnd& operator=(const LibsrtpEnd&) = delete;

  std::optional<Octets> unprotect_rtp(Octets packet) { return changed(srtp_unprotect, packet); }
  std::optional<Octets> unprotect_rtcp(Octets packet) {
    return changed(srtp_unprotect_rtcp, packet);
  }
  std::optional<Octets> protect_rtcp(Octets packet) { return changed(srtp_protect_rtcp, packet); }

 private:
  /// It tests itself with random numbers first. Under the thread sanitizer on a busy machine that
  /// was seen to fail, one time in some dozens.
  static srtp_err_status_t start() {
    constexpr int kTries = 5;
    srtp_err_status_t status = srtp_init();
    for (int i = 1; i < kTries && status != srtp_err_status_ok; ++i) {
      srtp_shutdown();
      status = srtp_init();
    }
    return status;
  }

  using Change = srtp_err_status_t (*)(srtp_t, void*, int*);
  std::optional<Octets> changed(Change change, Octets& packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    if (change(session_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }

  srtp_t session_ = nullptr;
};

/// Any key, another for another `seed`.
inline SrtpKey key_of(SrtpProfile profile, std::uint8_t seed = 1) {
  SrtpKey key{.profile = profile};
  for (std::size_t i = 0; i < key.key.size(); ++i)
    key.key[i] = static_cast<std::uint8_t>(seed * 29 + i * 7);
  for (std::size_t i = 0; i < key.salt.size(); ++i)
    key.salt[i] = static_cast<std::uint8_t>(seed * 13 + i * 11);
  return key;
}

template <std::size_t N> std::array<std::uint8_t, N> hex_array(std::string_view digits) {
  const Octets octets = hex(digits);
  std::array<std::uint8_t, N> result{};
  std::copy_n(octets.begin(), std::min(N, octets.size()), result.begin());
  return result;
}

} // namespace fanlight::fanout
