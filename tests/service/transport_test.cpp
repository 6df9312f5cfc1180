#include <sysexits.h>

#include <gmock/gmock.h>

#include "service_fixture.h"
#include "support/free_port.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A UDP port of somebody else's, for as long as this lives.
class TakenPort {
 public:
  TakenPort()
      : socket_(g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP,
                             nullptr)) {
    const http::Owned<GSocketAddress> any{g_inet_socket_address_new_from_string("0.0.0.0", 0)};
    g_socket_bind(socket_.get(), any.get(), FALSE, nullptr);
  }
  std::uint16_t number() const {
    const http::Owned<GSocketAddress> bound{g_socket_get_local_address(socket_.get(), nullptr)};
    return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  }

 private:
  const http::Owned<GSocket> socket_;
};

/// What carries viewers, why, and on which ports.
class TransportTest : public ServiceTest {
 protected:
  /// A browser's, with every `from` made `to`.
  static std::string changed_offer(const std::string& from, const std::string& to) {
    std::string offer = browser_offer();
    for (auto at = offer.find(from); at != std::string::npos; at = offer.find(from, at + to.size()))
      offer.replace(at, from.size(), to);
    return offer;
  }
};

TEST_F(TransportTest, ServesAllViewersOnTheOnePortThatIsConfigured) {
  const auto port = free_port();
  start_cameras({small("front"), small("yard")});
  const std::string fanout = "    webrtc_transport: fanout\n";
  start_service({camera("front", fanout), camera("yard", fanout)},
                "webrtc:\n  port: " + std::to_string(port) + "\n");

  for (const char* id : {"front", "yard", "front"}) {
    const Response opened = post_offer(id);
    ASSERT_EQ(opened.status, 201) << opened.body;
    EXPECT_THAT(opened.body, HasSubstr("127.0.0.1 " + std::to_string(port) + " typ host\r\n"));
    EXPECT_THAT(opened.body,
                HasSubstr("127.0.0.1 " + std::to_string(port) + " typ host tcptype passive\r\n"));
  }
}

TEST_F(TransportTest, NamesThePortOfTheFanoutThatIsTaken) {
  const TakenPort taken;
  const std::string port = std::to_string(taken.number());

  const auto refused = run({"--config", write_config({{"front", "rtsp://127.0.0.1:1/x", ""}},
                                                     "webrtc:\n  port: " + port + "\n")});

  EXPECT_EQ(refused->wait_exit(), EX_UNAVAILABLE) << refused->output();
  EXPECT_THAT(refused->output(), HasSubstr(port));
}

TEST_F(TransportTest, GivesAWebrtcbinToWhoeverNeedsOneAndSaysWhy) {
  start_cameras({small("front")});
  start_service({camera("front", "    webrtc_transport: auto\n")});

  ASSERT_EQ(post_offer("front", changed_offer("a=setup:actpass", "a=setup:passive")).status, 201);
  ASSERT_EQ(post_offer("front").status, 201);

  const std::string sessions = get("/api/sessions").body;
  EXPECT_THAT(sessions, HasSubstr("\"transport\":\"webrtcbin\",\"transport_reason\":\"the viewer "
                                  "insists on being the DTLS server (a=setup:passive)\""));
  EXPECT_THAT(sessions, HasSubstr("\"transport\":\"fanout\",\"transport_reason\":\"the viewer only "
                                  "receives\""));
  EXPECT_THAT(get("/api/cameras/front/pipeline.dot").body,
              AllOf(HasSubstr("GstWebrtcFanout"), HasSubstr("GstWebRTCBin")));
}

TEST_F(TransportTest, AnswersThatItOnlySendsToWhoeverOffersToSendToo) {
  start_cameras({small("front")});
  start_service({camera("front", "    webrtc_transport: auto\n")});
  const std::string both_ways = changed_offer("a=recvonly", "a=sendrecv");

  const Response opened = post_offer("front", both_ways);

  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string video = opened.body.substr(opened.body.find("m=video"));
  EXPECT_THAT(video, HasSubstr("a=sendonly\r\n"));
  EXPECT_THAT(opened.body, Not(HasSubstr("a=sendrecv")));
  EXPECT_THAT(get("/api/sessions").body,
              HasSubstr("\"transport\":\"fanout\",\"transport_reason\":\"the viewer's "));
}

TEST_F(TransportTest, RefusesInWordsWhoeverOnlySends) {
  start_cameras({small("front")});
  start_service({camera("front", "    webrtc_transport: auto\n")});

  for (const char* direction : {"a=sendonly", "a=inactive"}) {
    const Response refused = post_offer("front", changed_offer("a=recvonly", direction));
    EXPECT_EQ(refused.status, 400) << direction;
    EXPECT_THAT(refused.body,
                HasSubstr("the video does not receive; use a=recvonly or a=sendrecv"));
  }
}

TEST_F(TransportTest, PlaysToAViewerThatOffersToSendToo) {
  start_cameras({small("front")});
  start_service({camera("front", "    webrtc_transport: auto\n")});

  const Viewing seen = view(url("/whep/front"), {"--both-ways", "--frames", "25"});

  EXPECT_EQ(seen.exit_code, 0) << seen.output << service->output();
  EXPECT_THAT(service->output(), HasSubstr("by fanout: the viewer's video is a=sendrecv"));
}

TEST_F(TransportTest, BoundsTheViewersOnWebrtcbinApart) {
  start_cameras({small("front"), small("yard")});
  start_service({camera("front", "    webrtc_transport: webrtcbin\n"),
                 camera("yard", "    webrtc_transport: fanout\n")},
                "webrtc:\n  max_webrtcbin_viewers: 1\n");
  ASSERT_EQ(post_offer("front").status, 201);

  const Response second = post_offer("front");

  EXPECT_EQ(second.status, 503);
  EXPECT_THAT(second.body, AllOf(HasSubstr("\"busy\""), HasSubstr("max_webrtcbin_viewers")));
  EXPECT_EQ(post_offer("yard").status, 201);
}

TEST_F(TransportTest, SaysThatTheUdpPortsAreUsedUp) {
  const auto port = free_port();
  start_cameras({small("front")});
  start_service({camera("front", "    webrtc_transport: webrtcbin\n")},
                "webrtc:\n  udp_ports: " + std::to_string(port) + '-' + std::to_string(port) +
                    '\n');
  ASSERT_EQ(post_offer("front").status, 201);

  const Response second = post_offer("front");

  EXPECT_EQ(second.status, 500);
  EXPECT_THAT(second.body, HasSubstr("webrtc.udp_ports"));
}

} // namespace
} // namespace fanlight::test
