#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <gst/gst.h>

#include "rtspdirectsrc/outlet.h"

namespace {

using fanlight::BufferRef;
using fanlight::direct::Bytes;
using fanlight::direct::CapsRef;
using fanlight::direct::Outlet;

void require(bool condition) {
  if (!condition) std::abort();
}

/// What holds of every buffer, whatever was sent.
class Judge : public Outlet::Exit {
 public:
  ~Judge() override { gst_clear_object(&pad_); }
  GstPad* open(const std::string&, GstCaps* caps) override {
    require(caps != nullptr && gst_caps_is_fixed(caps));
    gst_caps_unref(caps);
    return pad_;
  }
  void push(GstPad* pad, BufferRef buffer) override {
    require(pad == pad_ && GST_BUFFER_PTS_IS_VALID(buffer.get()));
    require(gst_buffer_get_size(buffer.get()) > 0);
    ++buffers;
  }
  void complain(const std::string& about) override { require(!about.empty()); }

  std::uint64_t buffers = 0;

 private:
  GstPad* pad_ = GST_PAD(gst_object_ref_sink(gst_pad_new("pad", GST_PAD_SRC)));
};

std::vector<Outlet::Format> formats() {
  std::vector<Outlet::Format> all;
  for (const auto& [type, caps] :
       {std::pair{96, "application/x-rtp, media=video, clock-rate=90000, encoding-name=H264, "
                      "rtcp-fb-nack-pli=true"},
        std::pair{97, "application/x-rtp, media=video, clock-rate=90000, encoding-name=H265"},
        std::pair{8, "application/x-rtp, media=audio, clock-rate=8000, encoding-name=PCMA"}})
    all.push_back({.payload_type = static_cast<std::uint8_t>(type),
                   .caps = CapsRef::adopt(gst_caps_from_string(caps))});
  return all;
}

/// An RTP header with what the flags change.
struct Header {
  std::uint16_t number = 65530;
  std::uint32_t timestamp = 0xffff0000;
  std::uint32_t source = 1;

  std::vector<std::uint8_t> write(std::uint8_t flags) {
    constexpr std::uint8_t kTypes[] = {96, 97, 8, 99};
    number = static_cast<std::uint16_t>(number + ((flags & 2) != 0 ? 3 : 1));
    timestamp += (flags & 4) != 0 ? 3600 : 0;
    if ((flags & 8) != 0) source = source % 3 + 1;
    const auto type = static_cast<std::uint8_t>(kTypes[flags >> 5 & 3] | (flags & 1) << 7);
    std::vector<std::uint8_t> out{0x80, type, static_cast<std::uint8_t>(number >> 8),
                                  static_cast<std::uint8_t>(number)};
    for (const std::uint32_t value : {timestamp, source})
      for (const int shift : {24, 16, 8, 0})
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    return out;
  }
};

} // namespace

/// The input as packets of one medium, and as RTCP: of each a byte of flags, a byte of its length
/// in steps, and its content.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gst_init(nullptr, nullptr);
  Judge judge;
  Outlet outlet{"stream_0", formats(), judge};
  Header header;
  Bytes input{data, size};
  GstClockTime now = GST_SECOND;
  while (input.size() > 2) {
    const std::uint8_t flags = input[0];
    const std::size_t length = std::min<std::size_t>(
        input.size() - 2, std::size_t{input[1]} << ((flags & 16) != 0 ? 5 : 0));
    const Bytes content = input.subspan(2, length);
    input = input.subspan(2 + length);
    now += 40 * GST_MSECOND;
    const auto now_us = static_cast<std::int64_t>(now / 1000);
    if (flags == 0xff) {
      outlet.take(content, now, now_us);
    } else if (flags == 0xfe) {
      (void)outlet.take_control(content, now_us);
    } else {
      std::vector<std::uint8_t> packet = header.write(flags);
      packet.insert(packet.end(), content.begin(), content.end());
      outlet.take(packet, now, now_us);
    }
    const auto report = outlet.report(now_us);
    require(report.size() % 4 == 0 && report.size() < 400);
  }
  outlet.end();
  const Outlet::Stats stats = outlet.stats();
  require(stats.received * 4 + 4 >= judge.buffers);
  return 0;
}
