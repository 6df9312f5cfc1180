#include "rtsp/reader.h"

#include <utility>

#include "rtsp/message_head.h"

namespace fanlight::rtsp {
namespace {

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

void Reader::set_plays(bool plays) {
  plays_ = plays;
  said_ = packets_ = 0;
}

Reader::Item Reader::next(Bytes& input) {
  if (head_ == 0 && scanned_ == 0) {
    // Some cameras send empty lines between messages.
    while (!input.empty() && (input[0] == '\r' || input[0] == '\n')) input = input.subspan(1);
    if (input.empty()) return {};
    if (input[0] == '$') return read_packet(input);
  }
  return read_message(input);
}

Reader::Item Reader::read_packet(Bytes& input) {
  constexpr std::size_t kHead = 4;
  if (input.size() < kHead) return {};
  const std::size_t size = std::size_t{input[2]} << 8 | input[3];
  if (input.size() < kHead + size) return {};
  const Item item{Item::Kind::packet, input[1], input.subspan(kHead, size)};
  input = input.subspan(kHead + size);
  if (!plays_ && (packets_ += kHead + size) > kMostPacketsBeforePlay)
    return fail(Failure::Kind::much_media);
  return item;
}

Reader::Item Reader::read_message(Bytes& input) {
  if (head_ == 0) {
    const HeadScan scan = scan_head(text_of(input), scanned_);
    if (scan.state == HeadScan::State::foreign) {
      foreign_ = shown_line(text_of(input));
      return fail(Failure::Kind::foreign);
    }
    if (scan.size > kMostHead) return fail(Failure::Kind::long_head);
    if (scan.state == HeadScan::State::unfinished) {
      scanned_ = scan.size;
      if (!plays_ && said_ + scanned_ > kMostBeforePlay) return fail(Failure::Kind::much_talk);
      return {};
    }
    auto head = read_head(text_of(input.first(scan.size)));
    if (!head) {
      foreign_ = shown_line(text_of(input));
      return fail(Failure::Kind::foreign);
    }
    head_ = scan.size;
    scanned_ = 0;
    message_ = std::move(*head);
    body_ = body_size_of(message_);
    if (body_ > kMostBody) return fail(Failure::Kind::long_body);
  }
  if (input.size() < head_ + body_) return {};
  message_.body = text_of(input.subspan(head_, body_));
  const std::size_t size = std::exchange(head_, 0) + body_;
  input = input.subspan(size);
  if (!plays_ && (said_ += size) > kMostBeforePlay) return fail(Failure::Kind::much_talk);
  return {Item::Kind::message, 0, {}};
}

Reader::Item Reader::fail(Failure::Kind fault) {
  fault_ = fault;
  return {Item::Kind::fault, 0, {}};
}

} // namespace fanlight::rtsp
