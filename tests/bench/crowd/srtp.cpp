#include "srtp.h"

#include <stdexcept>

namespace fanlight::crowd {
namespace {

srtp_t make_session(unsigned profile, const std::vector<std::uint8_t>& key, srtp_ssrc_type_t ssrc) {
  static const srtp_err_status_t ready = srtp_init();
  srtp_policy_t policy{};
  // The numbers of DTLS' profiles (RFC 5764) are libsrtp's.
  const auto known = static_cast<srtp_profile_t>(profile);
  if (ready != srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, known) != srtp_err_status_ok ||
      srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, known) != srtp_err_status_ok)
    throw std::runtime_error("libsrtp does not know the SRTP profile");
  policy.ssrc.type = ssrc;
  policy.key = const_cast<unsigned char*>(key.data()); // Only read.
  // A burst of a whole group of pictures comes out of order when parts are sent again.
  policy.window_size = 4096;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok)
    throw std::runtime_error("libsrtp gives no session");
  return session;
}

} // namespace

Srtp::Srtp(const SrtpKeys& keys)
    : in_(make_session(keys.profile, keys.remote, ssrc_any_inbound)),
      out_(make_session(keys.profile, keys.local, ssrc_any_outbound)) {}

Srtp::~Srtp() {
  srtp_dealloc(in_);
  srtp_dealloc(out_);
}

std::optional<std::span<std::uint8_t>> Srtp::open_rtp(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_unprotect(in_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
  return packet.first(static_cast<std::size_t>(size));
}

std::optional<std::span<std::uint8_t>> Srtp::open_rtcp(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_unprotect_rtcp(in_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
  return packet.first(static_cast<std::size_t>(size));
}

std::span<std::uint8_t> Srtp::seal_rtcp(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_protect_rtcp(out_, packet.data(), &size) != srtp_err_status_ok) return {};
  return {packet.data(), static_cast<std::size_t>(size)};
}

} // namespace fanlight::crowd
