#include <csignal>
#include <cstdlib>

#include <unistd.h>

#include <gmock/gmock.h>

#include "service_fixture.h"
#include "support/free_port.h"

namespace fanlight::test {
namespace {

struct Codec {
  const char* name; ///< As the viewer calls it.
  const char* elements;
};
constexpr Codec kH264{"h264",
                      "x264enc key-int-max=25 bitrate=300 bframes=0 tune=zerolatency ! h264parse"};
constexpr Codec kH265{"h265",
                      "x265enc key-int-max=25 bitrate=300 option-string=bframes=0 ! h265parse"};

/// RTSP servers that we did not write, nor GStreamer: a viewer gets their pictures.
class ForeignServersTest : public ServiceTest {
 protected:
  static void need(const char* program, const char* package) {
    const http::OwnedText path{g_find_program_in_path(program)};
    ASSERT_NE(path, nullptr) << program << " is missing; install " << package
                             << " (./dev test does)";
  }

  /// A minute of pictures in a file that everybody may read.
  std::string film(const Codec& codec) {
    std::filesystem::permissions(folder, std::filesystem::perms{0755});
    const std::string path = folder / (std::string{codec.name} + ".ts");
    Process encoder{{"sh", "-c",
                     std::string{"gst-launch-1.0 -q videotestsrc num-buffers=1500 ! "
                                 "video/x-raw,format=I420,width=320,height=180,framerate=25/1 ! "} +
                         codec.elements + " ! mpegtsmux ! filesink location=" + path}};
    EXPECT_EQ(encoder.wait_exit(), 0) << encoder.output();
    return path;
  }

  /// VLC, which does not want to be root, with its RTSP server at the returned URL.
  std::string start_vlc(const std::string& path) {
    const std::string url = "rtsp://127.0.0.1:" + std::to_string(free_port()) + "/film";
    std::vector<std::string> command{
        "cvlc",   "-I",          "dummy", "--no-audio", "--rtsp-host=127.0.0.1",
        "--loop", "--sout-keep", path,    "--sout",     "#rtp{sdp=" + url + "}"};
    if (getuid() == 0)
      command.insert(command.begin(), {"setpriv", "--reuid=nobody", "--regid=nogroup",
                                       "--clear-groups", "--pdeathsig=KILL", "env", "HOME=/tmp"});
    servers_.push_back(std::make_unique<Process>(std::move(command)));
    return url;
  }

  /// The server from npm; ffmpeg gives it the film.
  std::string start_node(const std::string& path) {
    const std::string publish = std::to_string(free_port());
    const std::string watch = std::to_string(free_port());
    const char* script = std::getenv("FANLIGHT_RTSP_SERVER");
    servers_.push_back(std::make_unique<Process>(std::vector<std::string>{
        "node", script != nullptr ? script : "rtsp_server.js", publish, watch, "21000"}));
    EXPECT_TRUE(servers_.back()->wait_output("ready")) << servers_.back()->output();
    servers_.push_back(std::make_unique<Process>(std::vector<std::string>{
        "ffmpeg", "-loglevel", "warning", "-re", "-stream_loop", "-1", "-i", path, "-c", "copy",
        "-f", "rtsp", "rtsp://127.0.0.1:" + publish + "/film"}));
    return "rtsp://127.0.0.1:" + watch + "/film";
  }

  /// A viewer sees two seconds of the camera at `url`.
  void watch(const std::string& url, const std::string& transport, const Codec& codec) {
    start_service({{"film", url, "    transport: " + transport + "\n"}});
    // What was not there in time is tried again soon, what was not known there a little later.
    poll(
        "/api/cameras/film",
        [](const Response& response) {
          return response.body.find("\"state\":\"live\"") != std::string::npos;
        },
        "the server to send");
    const char* program = std::getenv("FANLIGHT_VIEWER");
    // ffmpeg sends its first quarter of a second at once: who is there from the start gets all that
    // follows later by as much. A browser's jitter buffer grows by that, GStreamer's does not.
    Process viewer{{program != nullptr ? program : "whep-viewer", "--json", "--codec", codec.name,
                    "--latency", "500", "--frames", "50", this->url("/whep/film")}};
    EXPECT_EQ(viewer.wait_exit(), 0) << viewer.output();
  }

  std::vector<std::unique_ptr<Process>> servers_;
};

TEST_F(ForeignServersTest, ShowsH264OfVlc) {
  ASSERT_NO_FATAL_FAILURE(need("cvlc", "vlc-bin and vlc-plugin-base"));
  watch(start_vlc(film(kH264)), "udp", kH264);
}

TEST_F(ForeignServersTest, ShowsH265OfVlc) {
  ASSERT_NO_FATAL_FAILURE(need("cvlc", "vlc-bin and vlc-plugin-base"));
  watch(start_vlc(film(kH265)), "auto", kH265);
}

TEST_F(ForeignServersTest, ShowsH264OfTheServerFromNpm) {
  ASSERT_NO_FATAL_FAILURE(need("ffmpeg", "ffmpeg"));
  ASSERT_NO_FATAL_FAILURE(need("node", "nodejs"));
  watch(start_node(film(kH264)), "auto", kH264);
}

TEST_F(ForeignServersTest, ShowsH265OfTheServerFromNpm) {
  ASSERT_NO_FATAL_FAILURE(need("ffmpeg", "ffmpeg"));
  ASSERT_NO_FATAL_FAILURE(need("node", "nodejs"));
  watch(start_node(film(kH265)), "udp", kH265);
}

// Neither server sends over TCP.
TEST_F(ForeignServersTest, SaysThatVlcDoesNotSendByTcp) {
  ASSERT_NO_FATAL_FAILURE(need("cvlc", "vlc-bin and vlc-plugin-base"));
  start_service({{"film", start_vlc(film(kH264)), ""}});
  EXPECT_THAT(wait_state("film", "refused").body,
              testing::HasSubstr("does not support transport: tcp"));
}

} // namespace
} // namespace fanlight::test
