#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fanlight::rtsp {

/// What the first bytes of a message are, if they are not those of a packet.
struct HeadScan {
  enum class State {
    unfinished, ///< It may be an RTSP message; its head is not complete.
    complete,   ///< The head has `size` bytes, with its empty line.
    foreign     ///< It is no RTSP message.
  };
  State state = State::unfinished;
  std::size_t size = 0; ///< Complete: of the head. Unfinished: pass it to the next call.
};

/// Lines may end with CR LF or with LF. `bytes` begins with those of an earlier call, which
/// returned `scanned`.
HeadScan scan_head(std::string_view bytes, std::size_t scanned = 0);

/// A complete head of a camera's message, written so that GstRTSPConnection 1.22 reads it: it ends
/// the connection at a first line in lower case, a line without a colon, another version than 1.0
/// or 2.0, and a CSeq that is missing, no number or greater than `requests`, the number of requests
/// so far. It does not match answers by their CSeq, so any CSeq that is valid will do.
std::string mended_head(std::string_view head, unsigned requests);

/// The first line of what a camera sent, for people: printable, and short. Empty: it is no text.
std::string shown_line(std::string_view bytes);

} // namespace fanlight::rtsp
