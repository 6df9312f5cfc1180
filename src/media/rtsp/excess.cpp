#include "media/rtsp/excess.h"

#include "media/rtsp/message_meter.h"

namespace fanlight::media {

Reason reason_of(rtsp::Excess excess) {
  switch (excess) {
  case rtsp::Excess::none: break;
  case rtsp::Excess::bytes: return MessageMeter::too_long("DESCRIBE");
  case rtsp::Excess::media:
    return {"sdp_media"_reason, "the camera's SDP describes more than 64 media"};
  case rtsp::Excess::formats:
    return {"sdp_formats"_reason, "the camera's SDP names more than 128 formats for one medium"};
  case rtsp::Excess::lines:
    return {"sdp_lines"_reason, "the camera's SDP has more than 4096 lines"};
  }
  return {};
}

} // namespace fanlight::media
