#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanlight::camsim {

/// A request or an answer as on the wire, with functions to change it.
struct RtspMessage {
  std::string head; ///< Including the empty line.
  std::string body;

  std::string_view first_line() const {
    return std::string_view{head}.substr(0, head.find("\r\n"));
  }
  std::string method() const; ///< Of a request.
  std::string uri() const;    ///< Of a request.
  int status() const;         ///< Of an answer.
  void set_uri(const std::string& uri);
  /// Empty if absent.
  std::string header(std::string_view name) const;
  /// Replaces the header, or adds it.
  void set_header(std::string_view name, const std::string& value);
  void remove_header(std::string_view name);
  /// Also sets Content-Length.
  void set_body(std::string text);
  std::string text() const { return head + body; }
};

/// Takes the first complete item off `bytes`: a message, or an interleaved packet with its header
/// of four bytes (RFC 2326, section 10.12).
struct RtspPiece {
  std::optional<RtspMessage> message;
  std::string packet;
};
std::optional<RtspPiece> take_piece(std::string& bytes);

} // namespace fanlight::camsim
