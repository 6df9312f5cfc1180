#include "media/rtsp/chain.h"

namespace fanlight::media {

Chain chain_of(const std::string& encoding) {
  if (encoding == "H264")
    return {{"rtph264depay", "h264parse"}, "video/x-h264,stream-format=byte-stream,alignment=au"};
  if (encoding == "H265")
    return {{"rtph265depay", "h265parse"}, "video/x-h265,stream-format=byte-stream,alignment=au"};
  if (encoding == "PCMU") return {{"rtppcmudepay"}};
  if (encoding == "PCMA") return {{"rtppcmadepay"}};
  if (encoding == "OPUS") return {{"rtpopusdepay"}};
  if (encoding == "MPEG4-GENERIC") return {{"rtpmp4gdepay", "aacparse"}};
  if (encoding == "MP4A-LATM") return {{"rtpmp4adepay", "aacparse"}};
  return {};
}

const char* protocols_of(config::RtspTransport transport) {
  switch (transport) {
  case config::RtspTransport::udp: return "udp";
  case config::RtspTransport::automatic: return "tcp+udp";
  case config::RtspTransport::multicast: return "udp-mcast";
  case config::RtspTransport::http: // The scheme says so; inside it is TCP.
  case config::RtspTransport::tcp: break;
  }
  return "tcp";
}

const char* name_of(config::RtspTransport transport) {
  switch (transport) {
  case config::RtspTransport::udp: return "udp";
  case config::RtspTransport::automatic: return "auto";
  case config::RtspTransport::multicast: return "multicast";
  case config::RtspTransport::http: return "http";
  case config::RtspTransport::tcp: break;
  }
  return "tcp";
}

} // namespace fanlight::media
