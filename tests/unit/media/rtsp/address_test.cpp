#include "media/rtsp/address.h"

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

config::Stream stream(const std::string& url,
                      config::RtspTransport transport = config::RtspTransport::tcp) {
  config::Stream stream;
  stream.url = url;
  stream.transport = transport;
  return stream;
}

TEST(AddressTest, TakesUserAndPasswordOutOfTheUrl) {
  const Address address = address_of(stream("rtsp://bob:s%40%2Fx%3A@192.0.2.1:8554/a?b=c@d"));

  EXPECT_EQ(address.location, "rtsp://192.0.2.1:8554/a?b=c@d");
  EXPECT_EQ(address.username, "bob");
  EXPECT_EQ(address.password, "s@/x:");
  EXPECT_FALSE(address.tls);
}

TEST(AddressTest, ShowsAHostOnlyWhereItCannotBeHalfAPassword) {
  EXPECT_EQ(shown_host(stream("rtsp://bob:secret@192.0.2.1:8554/a@b")), "192.0.2.1:8554");
  EXPECT_EQ(shown_host(stream("rtsp://camera.example/a")), "camera.example");
  EXPECT_EQ(shown_host(stream("rtsp://admin:20/24@192.0.2.10/")), std::nullopt);
  config::Stream with_key = stream("rtsp://camera.example/a@b");
  with_key.username = "bob";
  EXPECT_EQ(shown_host(with_key), "camera.example");
}

TEST(AddressTest, PrefersTheKeys) {
  config::Stream both = stream("rtsp://bob:old@192.0.2.1/a");
  both.password = "new%40";

  const Address address = address_of(both);

  EXPECT_EQ(address.username, "bob");
  EXPECT_EQ(address.password, "new%40");
}

TEST(AddressTest, LeavesAnAddressWithoutLoginAsItIs) {
  EXPECT_EQ(address_of(stream("rtsp://[2001:db8::1]/a")).location, "rtsp://[2001:db8::1]/a");
  EXPECT_EQ(address_of(stream("rtsp://camera.example")).location, "rtsp://camera.example");
  EXPECT_EQ(address_of(stream("rtsp://192.0.2.1/a")).username, "");
}

TEST(AddressTest, GivesTlsItsPort) {
  EXPECT_EQ(address_of(stream("rtsps://192.0.2.1/a")).location, "rtsps://192.0.2.1:322/a");
  EXPECT_EQ(address_of(stream("RTSPS://[2001:db8::1]/a")).location, "rtsps://[2001:db8::1]:322/a");
  EXPECT_EQ(address_of(stream("rtsps://192.0.2.1:7441/a")).location, "rtsps://192.0.2.1:7441/a");
  EXPECT_TRUE(address_of(stream("rtsps://192.0.2.1/a")).tls);
}

TEST(AddressTest, GivesTheTunnelTheSchemeAndPortsOfHttp) {
  constexpr auto kHttp = config::RtspTransport::http;
  EXPECT_EQ(address_of(stream("rtsp://u:p@192.0.2.1/a", kHttp)).location, "rtsph://192.0.2.1:80/a");
  EXPECT_EQ(address_of(stream("rtsps://192.0.2.1/a", kHttp)).location, "rtspsh://192.0.2.1:443/a");
  EXPECT_EQ(address_of(stream("rtsp://192.0.2.1:554/a", kHttp)).location,
            "rtsph://192.0.2.1:554/a");
}

} // namespace
} // namespace fanlight::media
