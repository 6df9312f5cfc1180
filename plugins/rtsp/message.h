#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanlight::rtsp {

/// What a camera says: an answer, or a request of its own (RFC 2326, sections 6 and 7).
struct Message {
  int status = 0;                                           ///< Of an answer; 0: it is a request.
  std::string reason;                                       ///< Of an answer.
  std::string method;                                       ///< Of a request.
  std::vector<std::pair<std::string, std::string>> headers; ///< Names as written.
  std::string body;

  /// All values of a header, whose name may have any case.
  std::vector<std::string> all(std::string_view name) const;
  /// The first of them; empty: there is none.
  std::string first(std::string_view name) const;
};

/// Reads a head that scan_head() found complete. Lines may end with CR LF or with LF; lines without
/// a colon are skipped. None: the first line is neither an answer nor a request.
std::optional<Message> read_head(std::string_view head);

/// How long the body is, according to the head; too large a number for none.
std::size_t body_size_of(const Message& head);

/// The timeout parameter of a Session header (RFC 2326, section 12.37), in any case, in seconds.
std::optional<int> timeout_of(const std::string& session);

} // namespace fanlight::rtsp
