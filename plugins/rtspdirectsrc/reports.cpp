#include "reports.h"

#include <algorithm>

namespace fanlight::direct {
namespace {

constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kDescription = 202;
constexpr std::uint8_t kBye = 203;
constexpr std::uint8_t kPayloadFeedback = 206;
constexpr std::size_t kHead = 4;

std::uint32_t read_u32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

void write_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// A head whose length end_packet() fills in.
void begin_packet(std::vector<std::uint8_t>& out, std::uint8_t type, std::uint8_t count) {
  out.insert(out.end(), {static_cast<std::uint8_t>(0x80 | count), type, 0, 0});
}

void end_packet(std::vector<std::uint8_t>& out, std::size_t begin) {
  while (out.size() % 4 != 0) out.push_back(0);
  const std::size_t words = (out.size() - begin) / 4 - 1;
  out[begin + 2] = static_cast<std::uint8_t>(words >> 8);
  out[begin + 3] = static_cast<std::uint8_t>(words);
}

} // namespace

bool Reports::take(Bytes packet, std::uint32_t source, std::int64_t now_us) {
  bool goodbye = false;
  while (packet.size() >= kHead && packet[0] >> 6 == 2) {
    const std::size_t size = kHead + 4 * (std::size_t{packet[2]} << 8 | packet[3]);
    if (size > packet.size()) break;
    const Bytes one = packet.first(size);
    packet = packet.subspan(size);
    constexpr std::size_t kSenderInfo = 28;
    if (one[1] == kSenderReport && size >= kSenderInfo && read_u32(one, 4) == source) {
      const SenderReport report{.ntp = std::uint64_t{read_u32(one, 8)} << 32 | read_u32(one, 12),
                                .timestamp = read_u32(one, 16)};
      // Zero is the time of a sender that has no clock (RFC 3550, section 6.4.1).
      if (report.ntp != 0) {
        sender_report_ = report;
        sender_report_us_ = now_us;
      }
    }
    const std::size_t sources = one[0] & 0x1fu;
    for (std::size_t i = 0; one[1] == kBye && i < sources && kHead + 4 * i + 4 <= size; ++i)
      goodbye = goodbye || read_u32(one, kHead + 4 * i) == source;
  }
  return goodbye;
}

std::vector<std::uint8_t> Reports::write(const Reception& reception, std::optional<Request> request,
                                         std::int64_t now_us) {
  std::vector<std::uint8_t> out;
  begin_packet(out, kReceiverReport, 1);
  write_u32(out, self_);
  write_u32(out, reception.source);
  const std::uint64_t lost = reception.lost - std::min(lost_, reception.lost);
  const std::uint64_t received = reception.received - std::min(received_, reception.received);
  lost_ = reception.lost;
  received_ = reception.received;
  const std::uint64_t expected = lost + received;
  const std::uint64_t fraction =
      expected == 0 ? 0 : std::min<std::uint64_t>(256 * lost / expected, 255);
  constexpr std::uint64_t kMostLost = 0x7fffff;
  write_u32(out, static_cast<std::uint32_t>(fraction << 24 | std::min(reception.lost, kMostLost)));
  write_u32(out, reception.highest);
  write_u32(out, reception.jitter);
  // The middle of the NTP time, and the delay in 1/65536 s.
  write_u32(out, sender_report_ ? static_cast<std::uint32_t>(sender_report_->ntp >> 16) : 0);
  write_u32(out, sender_report_
                     ? static_cast<std::uint32_t>((now_us - sender_report_us_) * 65536 / 1'000'000)
                     : 0);
  end_packet(out, 0);

  const std::size_t description = out.size();
  begin_packet(out, kDescription, 1);
  write_u32(out, self_);
  constexpr std::uint8_t kCname = 1;
  const std::size_t length = std::min<std::size_t>(name_.size(), 255);
  out.insert(out.end(), {kCname, static_cast<std::uint8_t>(length)});
  out.insert(out.end(), name_.begin(), name_.begin() + static_cast<std::ptrdiff_t>(length));
  out.push_back(0); // Ends the list of items.
  end_packet(out, description);
  if (!request) return out;

  const std::size_t feedback = out.size();
  constexpr std::uint8_t kPli = 1;
  constexpr std::uint8_t kFir = 4;
  const bool full = *request == Request::full_intra;
  begin_packet(out, kPayloadFeedback, full ? kFir : kPli);
  write_u32(out, self_);
  write_u32(out, full ? 0 : reception.source);
  if (full) {
    write_u32(out, reception.source);
    write_u32(out, std::uint32_t{++full_intras_} << 24);
  }
  end_packet(out, feedback);
  return out;
}

} // namespace fanlight::direct
