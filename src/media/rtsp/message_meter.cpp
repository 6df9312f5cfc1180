#include "media/rtsp/message_meter.h"

#include <utility>

namespace fanlight::media {

Reason MessageMeter::too_long(const std::string& method) {
  if (method == "DESCRIBE")
    return {"description_256_kib"_reason, "the camera's description is larger than 256 KiB"};
  if (method.empty())
    return {"message_256_kib"_reason, "the camera's message is larger than 256 KiB"};
  return {"answer_256_kib"_reason,
          "the camera's answer to {method} is larger than 256 KiB",
          {{"method", method}}};
}

Reason MessageMeter::late(const std::string& method) {
  if (method.empty())
    return {"message_late"_reason, "the camera did not finish its message within 10 s"};
  return {"answer_late"_reason,
          "the camera did not finish its answer to {method} within 10 s",
          {{"method", method}}};
}

Reason MessageMeter::long_head(const std::string& method) {
  if (method.empty())
    return {"message_head_64_kib"_reason,
            "the header of the camera's message is larger than 64 KiB"};
  return {"answer_head_64_kib"_reason,
          "the header of the camera's answer to {method} is larger than 64 KiB",
          {{"method", method}}};
}

Reason MessageMeter::much_talk() {
  return {"messages_1_mib"_reason,
          "the camera sent more than 1 MiB of RTSP messages before it started to play"};
}

Reason MessageMeter::much_media() {
  return {"packets_16_mib"_reason,
          "the camera sent more than 16 MiB of media before it answered PLAY"};
}

Reason MessageMeter::ask(bool inside, std::size_t size) {
  if (!inside) {
    head_ = 0;
    waited_since_ = 0;
  }
  return size <= kMostBody ? Reason{} : too_long(request_);
}

Reason MessageMeter::give(bool inside, std::size_t asked, std::size_t size, char first,
                          bool plays) {
  if (!inside) packet_ = first == '$';
  if (asked == 1 && inside && (head_ += size) > kMostHead) return long_head(request_);
  if (plays) return {};
  if (!packet_ && (said_ += size) > kMostBeforePlay) return much_talk();
  if (packet_ && (packets_ += size) > kMostPacketsBeforePlay) return much_media();
  return {};
}

std::int64_t MessageMeter::wait_until_us(bool inside, std::int64_t now_us) {
  if (!inside) return 0;
  if (waited_since_ == 0) waited_since_ = now_us;
  return waited_since_ + kMessageUs;
}

} // namespace fanlight::media
