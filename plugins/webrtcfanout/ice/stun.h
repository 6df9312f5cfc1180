#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/net/socket_address.h"

/// STUN as an ICE-lite agent needs it that also checks new paths itself: it reads binding requests
/// and answers them, writes requests and reads their answers (RFC 8489; ICE attributes: RFC 8445,
/// section 7). Everything here is arithmetic on bytes: no sockets, no state. Any thread.
namespace fanlight::fanout {

/// Longer datagrams are no binding request of a viewer's: it has to fit into a path's MTU.
inline constexpr std::size_t kMaxStunRequest = 1500;
/// So many unknown attributes are named in an error response.
inline constexpr std::size_t kMaxUnknown = 16;

using StunTransaction = std::array<std::uint8_t, 12>;

/// A binding request whose form and FINGERPRINT are right; its integrity was not checked. Views
/// point into the datagram.
struct BindingRequest {
  StunTransaction transaction{};
  std::string_view username; ///< "ours:theirs" of the ICE user fragments; 3 to 513 bytes.
  std::uint32_t priority = 0;
  bool use_candidate = false;
  bool controlled = false;      ///< ICE-CONTROLLED: the other end takes us for the controlling one.
  std::size_t integrity_at = 0; ///< Where MESSAGE-INTEGRITY begins.
  std::vector<std::uint16_t> unknown; ///< Comprehension-required ones, the first kMaxUnknown.
};

/// None for everything else: responses, indications, other methods, wrong lengths, no or a wrong
/// FINGERPRINT, no MESSAGE-INTEGRITY, no USERNAME of two parts.
std::optional<BindingRequest> parse_binding_request(Bytes datagram);

/// The part of the username before the colon: our ufrag.
std::string_view local_ufrag(const BindingRequest& request);
/// The part behind it.
std::string_view remote_ufrag(const BindingRequest& request);

/// A success response to a binding request of ours; its integrity was not checked.
struct BindingSuccess {
  StunTransaction transaction{};
  std::size_t integrity_at = 0;
};

/// Whether it is a success or an error that answers a binding request, by its header.
bool is_binding_answer(Bytes datagram);

/// None for everything else: errors, wrong lengths, a wrong FINGERPRINT, no MESSAGE-INTEGRITY,
/// unknown attributes that have to be understood (RFC 8489, section 6.3.3).
std::optional<BindingSuccess> parse_binding_success(Bytes datagram);

/// Whether MESSAGE-INTEGRITY, which begins at `integrity_at`, was made with `password` (HMAC-SHA1,
/// short-term credentials; compared in constant time).
bool has_integrity(std::size_t integrity_at, Bytes datagram, std::string_view password);

/// The largest request below: a username has 513 bytes at most.
inline constexpr std::size_t kMaxOwnRequest = 592;

/// A binding request of ours for `username` ("theirs:ours"), by the controlled agent and without
/// USE-CANDIDATE; its size. 0 where `out` is smaller than kMaxOwnRequest, `username` is longer or
/// there is no password.
std::size_t write_binding_request(MutableBytes out, const StunTransaction& transaction,
                                  std::string_view username, std::string_view password);

/// The largest response below.
inline constexpr std::size_t kMaxStunResponse = 128;

/// A success response with XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT; its size, 0 where
/// `out` is smaller than kMaxStunResponse.
std::size_t write_binding_success(MutableBytes out, const BindingRequest& request,
                                  const SocketAddress& mapped, std::string_view password);

/// An error response: 400, 420 (with UNKNOWN-ATTRIBUTES) or 487 (role conflict), with
/// MESSAGE-INTEGRITY and FINGERPRINT; its size, as above.
std::size_t write_binding_error(MutableBytes out, const BindingRequest& request, int code,
                                std::string_view password);

} // namespace fanlight::fanout
