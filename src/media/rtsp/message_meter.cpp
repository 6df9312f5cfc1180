#include "media/rtsp/message_meter.h"

#include <utility>

namespace fanlight::media {

std::string MessageMeter::answer_to(const std::string& method) {
  return method.empty() ? "message" : "answer to " + method;
}

std::string MessageMeter::too_long(const std::string& method) {
  return "the camera's " + (method == "DESCRIBE" ? "description" : answer_to(method)) +
         " is larger than 256 KiB";
}

std::string MessageMeter::late() const {
  return "the camera did not finish its " + answer_to(request_) + " within 10 s";
}

std::string MessageMeter::ask(bool inside, std::size_t size) {
  if (!inside) {
    head_ = 0;
    waited_since_ = 0;
  }
  return size <= kMostBody ? std::string{} : too_long(request_);
}

std::string MessageMeter::give(bool inside, std::size_t asked, std::size_t size, char first,
                               bool plays) {
  if (!inside) packet_ = first == '$';
  if (asked == 1 && inside && (head_ += size) > kMostHead)
    return "the header of the camera's " + answer_to(request_) + " is larger than 64 KiB";
  if (plays) return {};
  if (!packet_ && (said_ += size) > kMostBeforePlay)
    return "the camera sent more than 1 MiB of RTSP messages before it started to play";
  if (packet_ && (packets_ += size) > kMostPacketsBeforePlay)
    return "the camera sent more than 16 MiB of media before it answered PLAY";
  return {};
}

std::int64_t MessageMeter::wait_until_us(bool inside, std::int64_t now_us) {
  if (!inside) return 0;
  if (waited_since_ == 0) waited_since_ = now_us;
  return waited_since_ + kMessageUs;
}

} // namespace fanlight::media
