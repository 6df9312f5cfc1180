#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanlight::camsim {

/// A request or an answer as it stands on the wire, and what a relay changes of it.
struct RtspMessage {
  std::string head; ///< With the empty line behind it.
  std::string body;

  std::string_view first_line() const {
    return std::string_view{head}.substr(0, head.find("\r\n"));
  }
  std::string method() const; ///< Of a request.
  std::string uri() const;    ///< Of a request.
  int status() const;         ///< Of an answer.
  void set_uri(const std::string& uri);
  /// Empty if it is not there.
  std::string header(std::string_view name) const;
  /// Replaces it where it is there, adds it where it is not.
  void set_header(std::string_view name, const std::string& value);
  /// With Content-Length.
  void set_body(std::string text);
  std::string text() const { return head + body; }
};

/// Takes what is whole off the front of `bytes`: a message, or an interleaved packet with its four
/// bytes in front (RFC 2326, section 10.12).
struct RtspPiece {
  std::optional<RtspMessage> message;
  std::string packet;
};
std::optional<RtspPiece> take_piece(std::string& bytes);

} // namespace fanlight::camsim
