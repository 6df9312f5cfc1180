#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/net/socket_address.h"

/// The subset of STUN for an ICE-lite agent that also checks new paths itself: reads binding
/// requests and answers them, writes requests and reads their answers (RFC 8489; ICE attributes:
/// RFC 8445, section 7). Pure functions on bytes: no sockets, no state. Any thread.
namespace fanlight::fanout {

/// A longer datagram is not a viewer's binding request, which must fit the MTU of a path.
inline constexpr std::size_t kMaxStunRequest = 1500;
/// The number of unknown attributes that an error response lists.
inline constexpr std::size_t kMaxUnknown = 16;

using StunTransaction = std::array<std::uint8_t, 12>;

/// A binding request with valid form and FINGERPRINT; its integrity is not checked yet. Views refer
/// to the datagram.
struct BindingRequest {
  StunTransaction transaction{};
  std::string_view username; ///< "ours:theirs" of the ICE user fragments; 3 to 513 bytes.
  std::uint32_t priority = 0;
  bool use_candidate = false;
  bool controlled = false;            ///< ICE-CONTROLLED: the viewer treats us as controlling.
  std::size_t integrity_at = 0;       ///< Where MESSAGE-INTEGRITY begins.
  std::vector<std::uint16_t> unknown; ///< Comprehension-required ones, the first kMaxUnknown.
};

/// None for anything else: responses, indications, other methods, wrong lengths, a missing or wrong
/// FINGERPRINT, no MESSAGE-INTEGRITY, or a USERNAME that does not have two parts.
std::optional<BindingRequest> parse_binding_request(Bytes datagram);

/// The part of the username before the colon: our ufrag.
std::string_view local_ufrag(const BindingRequest& request);
/// The part of the username after the colon.
std::string_view remote_ufrag(const BindingRequest& request);

/// A success response to one of our binding requests; its integrity is not checked yet.
struct BindingSuccess {
  StunTransaction transaction{};
  std::size_t integrity_at = 0;
};

/// Whether the header is that of a success or error response to a binding request.
bool is_binding_answer(Bytes datagram);

/// None for anything else: errors, wrong lengths, a wrong FINGERPRINT, no MESSAGE-INTEGRITY, or
/// unknown comprehension-required attributes (RFC 8489, section 6.3.3).
std::optional<BindingSuccess> parse_binding_success(Bytes datagram);

/// Whether MESSAGE-INTEGRITY, which begins at `integrity_at`, was computed with `password`
/// (HMAC-SHA1, short-term credentials; compares in constant time).
bool has_integrity(std::size_t integrity_at, Bytes datagram, std::string_view password);

/// The largest size of our requests: a username has at most 513 bytes.
inline constexpr std::size_t kMaxOwnRequest = 592;

/// Writes a binding request for `username` ("theirs:ours"), as the controlled agent and without
/// USE-CANDIDATE; returns its size. 0 if `out` is smaller than kMaxOwnRequest, `username` is longer
/// or the password is empty.
std::size_t write_binding_request(MutableBytes out, const StunTransaction& transaction,
                                  std::string_view username, std::string_view password);

/// The largest size of our responses.
inline constexpr std::size_t kMaxStunResponse = 128;

/// Writes a success response with XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT; returns
/// its size, 0 if `out` is smaller than kMaxStunResponse.
std::size_t write_binding_success(MutableBytes out, const BindingRequest& request,
                                  const SocketAddress& mapped, std::string_view password);

/// Writes an error response: 400, 420 (with UNKNOWN-ATTRIBUTES) or 487 (role conflict), with
/// MESSAGE-INTEGRITY and FINGERPRINT; returns its size, as above.
std::size_t write_binding_error(MutableBytes out, const BindingRequest& request, int code,
                                std::string_view password);

} // namespace fanlight::fanout
