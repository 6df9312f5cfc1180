#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "bytes.h"
#include "socket_address.h"

/// STUN as an ICE-lite agent needs it: it reads binding requests and answers them (RFC 8489; ICE
/// attributes: RFC 8445, section 7). Everything here is arithmetic on bytes: no sockets, no state.
/// Any thread.
namespace fanlight::fanout {

/// Longer datagrams are no binding request of a viewer's: it has to fit into a path's MTU.
inline constexpr std::size_t kMaxStunRequest = 1500;
/// So many unknown attributes are named in an error response.
inline constexpr std::size_t kMaxUnknown = 16;

/// A binding request whose form and FINGERPRINT are right; its integrity was not checked. Views
/// point into the datagram.
struct BindingRequest {
  std::array<std::uint8_t, 12> transaction{};
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

/// Whether MESSAGE-INTEGRITY was made with `password` (HMAC-SHA1, short-term credentials; compared
/// in constant time).
bool has_integrity(const BindingRequest& request, Bytes datagram, std::string_view password);

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
