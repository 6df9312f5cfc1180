#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "frames.h"
#include "libsrtp_end.h"
#include "udp_end.h"
#include "webrtcfanout/net/sockets.h"
#include "webrtcfanout/serve/connection.h"
#include "webrtcfanout/serve/stream_view.h"

namespace fanlight::fanout {

inline constexpr std::uint32_t kSsrc = 0x1111;

inline Subscriber::Settings connection_settings() {
  Subscriber::Settings subscriber{.id = "a", .cname = "c"};
  AnsweredMedia answered;
  answered.payload = {.type = 96, .encoding = "H264", .clock_rate = 90000, .nack = true};
  answered.ssrc = kSsrc;
  subscriber.media.push_back(
      {answered, "0", true, std::make_shared<RtpStream>("video_0", History::Bounds{})});
  return subscriber;
}

/// A worker's end of one viewer, with a clock of the test's own.
class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    std::string why;
    if (!open_sockets(0, 1, false, sockets, why)) throw std::runtime_error(why);
    batch = std::make_unique<SendBatch>(sockets.udp[0], counters);
    subscriber = std::make_shared<Subscriber>(connection_settings());
    stream = subscriber->settings().media[0].stream;
    view = std::make_unique<StreamView>(stream, mailbox);
    connection = std::make_unique<Connection>(subscriber, *batch);
  }
  ~ConnectionTest() override {
    connection.reset();
    view.reset();
    sockets.close();
  }

  Path udp() const { return {.remote = end.address()}; }
  /// DTLS is done over `path`.
  void start(const Path& path) {
    connection->on_check({path, true, 1}, now_us);
    const SrtpKey key = key_of(SrtpProfile::aead_aes_128_gcm);
    ASSERT_TRUE(connection->start(key, key_of(SrtpProfile::aead_aes_128_gcm, 2)));
    connection->add_track(subscriber->settings().media[0], *view);
    advance();
  }
  TrackSender::Moment moment() const { return {.now_us = now_us, .send_time = 0}; }
  bool advance() {
    std::int64_t budget = 100'000'000;
    return connection->advance(moment(), budget);
  }
  /// A frame comes, 40 ms after the one before.
  void append(bool key, std::size_t size = 1000) {
    auto frame = source.make(key, {size});
    now_us = frame->arrived_us;
    stream->append(std::move(frame));
    view->catch_up();
    std::int64_t budget = 100'000'000;
    view->distribute(budget, [this](const StreamView::Member& member, const Frame& added) {
      member.connection->deliver(*member.track, added, moment());
    });
    advance();
  }
  void append_group(int deltas) {
    append(true);
    for (int i = 0; i < deltas; ++i) append(false);
  }
  /// Datagrams that have come since, by whether they are RTCP.
  std::pair<int, int> received() {
    batch->flush();
    int media = 0;
    int reports = 0;
    while (end.has_datagram()) {
      const Octets bytes = end.receive().bytes;
      ++(bytes[1] == 200 ? reports : media);
    }
    return {media, reports};
  }
  /// As the viewer would send it.
  void protect(Octets& rtcp) {
    const std::size_t plain = rtcp.size();
    rtcp.resize(plain + RtcpProtector::kMaxOverhead);
    rtcp.resize(theirs.protect(rtcp, plain));
  }
  std::uint64_t groups_dropped() const { return subscriber->counters.groups_dropped.get(); }

  Sockets sockets;
  WorkerCounters counters;
  std::unique_ptr<SendBatch> batch;
  UdpEnd end;
  Mailbox mailbox;
  FrameSource source;
  std::int64_t now_us = FrameSource::kFirstUs;
  std::shared_ptr<Subscriber> subscriber;
  std::shared_ptr<RtpStream> stream;
  std::unique_ptr<StreamView> view;
  std::unique_ptr<Connection> connection;
  RtcpProtector theirs{key_of(SrtpProfile::aead_aes_128_gcm, 2),
                       key_of(SrtpProfile::aead_aes_128_gcm)};
};

} // namespace fanlight::fanout
