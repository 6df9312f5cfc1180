#include "webrtcfanout/sdp/answer.h"

#include <algorithm>

#include "webrtcfanout/sdp/sdp_text.h"

namespace fanlight::fanout {
namespace {

constexpr const char* kEnd = "\r\n";

std::string line(const std::string& text) { return text + kEnd; }

using Answered = std::vector<std::optional<AnsweredMedia>>;

bool is_sent(const Answered& media, std::size_t mline) {
  return mline < media.size() && media[mline];
}

/// Whether a media that is not sent stays in the BUNDLE. It does if possible: webrtc-rs and werift
/// do not connect if another media is rejected, and Chromium finds no transport if the first of the
/// group is rejected.
bool stays_inactive(const Offer::Media& media) {
  return !media.rejected && !media.payloads.empty();
}

/// The media that are not rejected, in the order of the BUNDLE group: all use the transport of the
/// first (RFC 9143, section 7.3.2). Empty if no media of the group is sent.
std::vector<std::size_t> bundled_order(const Offer& offer, const Answered& media) {
  std::vector<std::size_t> order;
  bool sends = false;
  for (const auto& mid : offer.bundle)
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      const bool sent = is_sent(media, i);
      if (offer.media[i].mid != mid || (!sent && !stays_inactive(offer.media[i])) ||
          std::find(order.begin(), order.end(), i) != order.end())
        continue;
      order.push_back(i);
      sends |= sent;
    }
  return sends ? order : std::vector<std::size_t>{};
}

std::string session_lines(const Offer& offer, const std::vector<std::size_t>& order) {
  std::string text =
      line("v=0") +
      line("o=- " + offer.session_id + " " + offer.session_version + " IN IP4 127.0.0.1") +
      line("s=-") + line("t=0 0");
  if (!order.empty()) {
    text += "a=group:BUNDLE";
    for (const std::size_t i : order) text += " " + offer.media[i].mid;
    text += kEnd;
  }
  // Chromium nominates of an ICE-lite agent only the pair that it has selected and that works, but
  // of a full one every better pair with its first check (libwebrtc, basic_ice_controller.cc).
  return text + line("a=ice-lite") + line("a=msid-semantic: WMS *");
}

std::string rtpmap_line(int type, const std::string& encoding, const Offer::Payload& payload) {
  // Case is of no matter (RFC 8866, section 6.6), but not every player knows.
  std::string text = "a=rtpmap:" + std::to_string(type) + " " +
                     (encoding == "OPUS" ? "opus" : encoding) + "/" +
                     std::to_string(payload.clock_rate);
  if (payload.channels > 1) text += "/" + std::to_string(payload.channels);
  return line(text);
}

std::string feedback_lines(const AnsweredMedia& answered) {
  const Offer::Payload& payload = answered.payload;
  std::string text;
  const auto add = [&](bool wanted, const char* feedback) {
    if (wanted) text += line("a=rtcp-fb:" + std::to_string(payload.type) + " " + feedback);
  };
  add(payload.remb && answered.use_remb, "goog-remb");
  add(payload.transport_cc && answered.use_transport_cc, "transport-cc");
  add(payload.fir, "ccm fir");
  add(payload.nack, "nack");
  add(payload.pli, "nack pli");
  return text;
}

std::string codec_lines(const AnsweredMedia& answered) {
  const Offer::Payload& payload = answered.payload;
  const std::string type = std::to_string(payload.type);
  std::string text = rtpmap_line(payload.type, payload.encoding, payload);
  text += feedback_lines(answered);
  if (!payload.fmtp.empty()) text += line("a=fmtp:" + type + " " + payload.fmtp);
  if (answered.use_rtx && payload.rtx)
    text += rtpmap_line(*payload.rtx, "rtx", payload) +
            line("a=fmtp:" + std::to_string(*payload.rtx) + " apt=" + type);
  return text;
}

/// Which packets are of this media, and which media are in sync (RFC 5576; RFC 8830). What stands
/// at the SSRC is for those who know no a=msid.
std::string source_lines(const AnsweredMedia& answered, const std::string& track,
                         const AnswerTransport& transport) {
  const bool rtx = answered.use_rtx && answered.payload.rtx;
  const std::string msid = "msid:" + transport.stream_id + " " + track;
  std::string text = line("a=" + msid);
  if (rtx)
    text += line("a=ssrc-group:FID " + std::to_string(answered.ssrc) + " " +
                 std::to_string(answered.rtx_ssrc));
  const auto add = [&](std::uint32_t ssrc) {
    const std::string source = "a=ssrc:" + std::to_string(ssrc) + " ";
    text += line(source + "cname:" + transport.cname) + line(source + msid);
  };
  add(answered.ssrc);
  if (rtx) add(answered.rtx_ssrc);
  return text;
}

/// RFC 8445, section 5.1.2.1, component 1.
std::uint32_t priority(std::uint32_t type_preference, std::uint32_t local_preference) {
  return type_preference << 24 | local_preference << 8 | 255;
}

/// Each address has a foundation of its own, so that the viewer unfreezes all pairs at once (RFC
/// 8445, sections 5.1.1.3 and 6.1.2.6).
std::string candidate_lines(const AnswerTransport& transport) {
  constexpr std::uint32_t kHostOverUdp = 126;
  constexpr std::uint32_t kHostOverTcp = 90;       // UDP, wherever it passes.
  constexpr std::uint32_t kPassive = 4 << 13;      // RFC 6544, section 4.2.
  constexpr std::uint32_t kMaxPreference = 0xffff; // Of UDP's addresses.
  constexpr std::uint32_t kMaxOther = 0x1fff;      // Of TCP's.
  std::string text;
  std::uint32_t foundation = 0;
  const auto add = [&](const char* protocol, std::uint32_t priority, const SocketAddress& address,
                       const char* end) {
    text += line("a=candidate:" + std::to_string(++foundation) + " 1 " + protocol + " " +
                 std::to_string(priority) + " " + address.ip_text() + " " +
                 std::to_string(address.port()) + " typ host" + end);
  };
  for (std::uint32_t i = 0; i < transport.udp.size(); ++i)
    add("udp", priority(kHostOverUdp, kMaxPreference - std::min(i, kMaxPreference)),
        transport.udp[i], "");
  for (std::uint32_t i = 0; i < transport.tcp.size(); ++i)
    add("tcp", priority(kHostOverTcp, kPassive | (kMaxOther - std::min(i, kMaxOther))),
        transport.tcp[i], " tcptype passive");
  return text + line("a=end-of-candidates");
}

std::string transport_lines(const AnswerTransport& transport) {
  return line("a=ice-ufrag:" + transport.ice_ufrag) + line("a=ice-pwd:" + transport.ice_pwd) +
         line("a=fingerprint:" + transport.fingerprint) + line("a=setup:passive");
}

std::string inactive_lines(const Offer::Media& media, const AnswerTransport& transport) {
  const Offer::Payload& payload = media.payloads.front();
  return line("m=" + media.type + " 9 " + media.protocol + " " + std::to_string(payload.type)) +
         line("c=IN IP4 0.0.0.0") + line("a=mid:" + media.mid) + transport_lines(transport) +
         line("a=inactive") + line("a=rtcp-mux") +
         rtpmap_line(payload.type, payload.encoding, payload);
}

/// With the transport's lines: GStreamer requires them for every media, also for a rejected one.
std::string rejected_lines(const Offer::Media& media, const AnswerTransport& transport) {
  std::string text = "m=" + media.type + " 0 " + media.protocol;
  for (const auto& format : media.formats) text += " " + format;
  text += kEnd + line("c=IN IP4 0.0.0.0");
  if (!media.mid.empty()) text += line("a=mid:" + media.mid);
  return text + transport_lines(transport) + line("a=inactive");
}

std::string accepted_lines(const Offer::Media& media, const AnsweredMedia& answered,
                           const std::string& track, const AnswerTransport& transport) {
  // Port and address are those of no candidate, which no agent minds (RFC 8839, section 4.2.5).
  std::string text =
      "m=" + media.type + " 9 " + media.protocol + " " + std::to_string(answered.payload.type);
  if (answered.use_rtx && answered.payload.rtx) text += " " + std::to_string(*answered.payload.rtx);
  text += kEnd + line("c=IN IP4 0.0.0.0") + line("a=mid:" + media.mid);
  text += transport_lines(transport);
  for (const auto& extension : answered.extensions)
    text += line("a=extmap:" + std::to_string(extension.id) +
                 (extension.receive_only ? "/sendonly " : " ") + extension.uri);
  text += line("a=sendonly") + line("a=rtcp-mux");
  if (media.rtcp_rsize) text += line("a=rtcp-rsize");
  if (media.receiver_rtt) text += line("a=rtcp-xr:rcvr-rtt=all");
  return text + codec_lines(answered) + source_lines(answered, track, transport);
}

} // namespace

std::string write_answer(const Offer& offer, const Answered& media,
                         const AnswerTransport& transport) {
  const auto order = bundled_order(offer, media);
  const auto sent = [&](std::size_t mline) { return is_sent(media, mline); };
  // The candidates are at the first media of the group and at the first that is sent: some players
  // read them only there.
  std::size_t carrier = 0;
  if (order.empty())
    while (carrier < offer.media.size() && !sent(carrier)) ++carrier;
  else
    carrier = *std::find_if(order.begin(), order.end(), sent);
  std::string text = session_lines(offer, order);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& offered = offer.media[i];
    if (sent(i))
      text += accepted_lines(offered, *media[i], offered.type + std::to_string(i), transport);
    else if (std::find(order.begin(), order.end(), i) != order.end())
      text += inactive_lines(offered, transport);
    else
      text += rejected_lines(offered, transport);
    if (i == carrier || (!order.empty() && i == order[0])) text += candidate_lines(transport);
  }
  return text;
}

} // namespace fanlight::fanout
