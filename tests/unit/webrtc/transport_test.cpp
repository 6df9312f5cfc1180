#include "webrtc/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offers.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;
using testing::HasSubstr;
using Transport = config::ViewerTransport;

TransportChoice choice_for(const std::string& offer, const config::WebRtc& config = {}) {
  return choose_transport(Transport::automatic, config, parsed(offer));
}

TEST(TransportTest, IsTheFanoutForWhoeverOnlyReceives) {
  for (const char* name : {"chromium-156-linux-video-audio", "chrome-144-macos-h265",
                           "safari-18-h265", "firefox-153esr-linux-no-openh264"}) {
    SCOPED_TRACE(name);
    const auto choice = choice_for(recorded(name));
    EXPECT_EQ(choice.transport, Transport::fanout) << choice.reason.message;
    EXPECT_EQ(choice.reason.message, "the viewer only receives");
  }
}

TEST(TransportTest, IsWebrtcbinWhereTheServerHasIceServersOfItsOwn) {
  config::WebRtc config;
  config.ice_servers.push_back(
      {.urls = {"stun:stun.example.org"}, .username = {}, .credential = {}});

  const auto choice = choice_for(plain(), config);

  EXPECT_EQ(choice.transport, Transport::webrtcbin);
  EXPECT_THAT(choice.reason.message, HasSubstr("webrtc.ice_servers"));
}

TEST(TransportTest, IsTheFanoutForMediaThatSendToo) {
  const auto choice = choice_for(with(plain(), "a=recvonly", "a=sendrecv"));
  EXPECT_EQ(choice.transport, Transport::fanout);
  EXPECT_EQ(choice.reason.message,
            "the viewer's video is a=sendrecv, but the server does not accept media from viewers");

  // sendrecv is what is meant where nothing is said.
  EXPECT_EQ(choice_for(without(plain(), "a=recvonly")).transport, Transport::fanout);
}

TEST(TransportTest, IsTheFanoutBesideMediaThatOnlySend) {
  const auto choice = choice_for(
      with(plain_with_audio(), "ssrc-audio-level\r\na=recvonly", "ssrc-audio-level\r\na=sendonly"));

  EXPECT_EQ(choice.transport, Transport::fanout);
  EXPECT_EQ(choice.reason.message,
            "the viewer's audio is a=sendonly, but the server does not accept media from viewers");
}

TEST(TransportTest, IsTheFanoutBesideMediaThatAreOff) {
  const auto choice = choice_for(
      with(plain_with_audio(), "ssrc-audio-level\r\na=recvonly", "ssrc-audio-level\r\na=inactive"));
  EXPECT_EQ(choice.transport, Transport::fanout) << choice.reason.message;
}

TEST(TransportTest, IsWebrtcbinForAViewerThatWantsToBeTheDtlsServer) {
  const auto choice = choice_for(with_every(plain(), "a=setup:actpass", "a=setup:passive"));

  EXPECT_EQ(choice.transport, Transport::webrtcbin);
  EXPECT_THAT(choice.reason.message, HasSubstr("a=setup:passive"));
}

TEST(TransportTest, IsWhatTheConfigurationSays) {
  const sdp::Offer offer = parsed(with(plain(), "a=recvonly", "a=sendrecv"));
  for (const auto wanted : {Transport::webrtcbin, Transport::fanout}) {
    const auto choice = choose_transport(wanted, {}, offer);
    EXPECT_EQ(choice.transport, wanted);
    EXPECT_EQ(choice.reason.message, "the configuration selects it");
  }
}

} // namespace
} // namespace fanlight::webrtc
