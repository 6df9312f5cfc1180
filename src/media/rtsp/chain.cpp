#include "media/rtsp/chain.h"

#include "base/codec.h"

namespace fanlight::media {

std::vector<const char*> chain_of(const std::string& encoding) {
  const auto codec = codec_of(encoding);
  if (!codec) return {};
  switch (*codec) {
  case Codec::h264:
  case Codec::h265: return {"rtph26xdepay"};
  case Codec::pcmu: return {"rtppcmudepay"};
  case Codec::pcma: return {"rtppcmadepay"};
  case Codec::opus: return {"rtpopusdepay"};
  case Codec::aac: return {"rtpaacdepay"};
  case Codec::g726: return {"rtpadpcmdepay"};
  case Codec::l16: return {"rtpL16depay"};
  }
  return {};
}

const char* protocols_of(config::RtspTransport transport) {
  switch (transport) {
  case config::RtspTransport::udp: return "udp";
  case config::RtspTransport::automatic: return "tcp+udp";
  case config::RtspTransport::multicast: return "udp-mcast";
  case config::RtspTransport::http: // The URL's scheme selects the tunnel; inside it is TCP.
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
