#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>

#include "process.h"
#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A camera of tests/data/cameras/.
struct Make {
  std::string name;
  std::string file;
  std::string login;
  std::string state; ///< The one to expect.
  std::string video; ///< What viewers get; "-": nothing.
  std::string sound;
  std::string reason; ///< Of a refused one.
};

Make read_make(const std::filesystem::path& file) {
  Make make{.name = file.stem(), .file = file};
  std::ifstream in(file);
  for (std::string line; std::getline(in, line) && !line.empty();) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "login:") {
      std::string user;
      std::string password;
      words >> user >> password;
      make.login = "    username: " + user + "\n    password: " + password + "\n";
    } else if (key == "expect:") {
      words >> make.state;
      if (make.state == "live")
        words >> make.video >> make.sound;
      else
        std::getline(words >> std::ws, make.reason);
    }
  }
  return make;
}

std::vector<Make> all_makes() {
  const char* folder = std::getenv("FANLIGHT_CAMERAS");
  std::vector<Make> makes;
  for (const auto& entry : std::filesystem::directory_iterator(folder != nullptr ? folder : "."))
    if (entry.path().extension() == ".txt") makes.push_back(read_make(entry.path()));
  std::sort(makes.begin(), makes.end(),
            [](const Make& one, const Make& other) { return one.name < other.name; });
  return makes;
}

constexpr int kTone = 700; // Hz, of all sound.

/// What the scripted cameras send, by the name that their files use.
std::vector<std::string> sources() {
  const std::string small =
      ",size=320x180,fps=10,gop=10,loop=4,bitrate=200,tone=" + std::to_string(kTone);
  const auto source = [&small](const std::string& name, const std::string& more) {
    return std::vector<std::string>{"--camera", "id=" + name + small + "," + more};
  };
  std::vector<std::string> all;
  const auto add = [&all](const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  add(source("h264", "audio=none"));
  add(source("h265", "audio=none,codec=h265"));
  for (const std::string sound :
       {"pcma", "pcmu", "l16", "g726-16", "g726-24", "g726-32", "g726-40"})
    add(source(sound, "audio=" + sound));
  for (const std::string rate : {"8000", "11025", "16000", "22050", "44100", "48000"})
    add(source("aac" + (rate.ends_with("000") ? rate.substr(0, rate.size() - 3) : rate),
               "rate=" + rate));
  return all;
}

/// Sound that is odd, or none that browsers play.
struct Sound {
  const char* name;
  const char* source;
  const char* map;     ///< Of the SDP: encoding name and clock rate.
  const char* fmtp;    ///< Empty: the SDP has none.
  const char* changes; ///< As in a file of tests/data/cameras/.
};

constexpr Sound kSounds[] = {
    {"aac-8000", "aac8", "MPEG4-GENERIC/8000/1", "mode=AAC-hbr;config=1588", ""},
    {"aac-11025", "aac11025", "MPEG4-GENERIC/11025/1", "mode=AAC-hbr;config=1508", ""},
    {"aac-16000", "aac16", "MPEG4-GENERIC/16000/1", "mode=AAC-hbr;config=1408", ""},
    {"aac-22050", "aac22050", "MPEG4-GENERIC/22050/1", "mode=AAC-hbr;config=1388", ""},
    {"aac-44100", "aac44100", "MPEG4-GENERIC/44100/1", "mode=AAC-hbr;config=1208", ""},
    {"no-config", "aac16", "MPEG4-GENERIC/16000/1", "mode=AAC-hbr;sizelength=13;indexlength=3", ""},
    {"invalid-config", "aac16", "MPEG4-GENERIC/16000", "mode=AAC-hbr;config=0000", ""},
    {"config-of-stereo", "aac16", "MPEG4-GENERIC/16000/2", "mode=AAC-hbr;config=1410", ""},
    {"no-fmtp", "aac16", "MPEG4-GENERIC/16000", "", ""},
    {"adts", "aac16", "MPEG4-GENERIC/16000/1", "mode=AAC-hbr;config=1408",
     "packing=adts rate=16000"},
    {"adts-in-units", "aac16", "MPEG4-GENERIC/48000/2", "mode=AAC-hbr;config=1190",
     "packing=adts_in_units rate=16000"},
    {"latm", "aac16", "MP4A-LATM/16000/1", "cpresent=0;config=400028103fc0",
     "packing=latm rate=16000"},
    {"latm-no-config", "aac16", "MP4A-LATM/16000/1", "cpresent=0", "packing=latm rate=16000"},
    {"latm-in-band", "aac16", "MP4A-LATM/16000/1", "cpresent=1", "packing=latm_in_band rate=16000"},
    {"latm-in-band-unsaid", "aac16", "MP4A-LATM/16000", "", "packing=latm_in_band rate=16000"},
    {"latm-adts", "aac16", "MP4A-LATM/16000/1", "", "packing=adts rate=16000"},
    {"g726-16", "g726-16", "G726-16/8000", "", ""},
    {"g726-24", "g726-24", "G726-24/8000", "", ""},
    {"g726-32", "g726-32", "G726-32/8000", "", ""},
    {"g726-40", "g726-40", "G726-40/8000", "", ""},
    {"aal2-16", "g726-16", "AAL2-G726-16/8000", "", "packing=aal2 bits=2"},
    {"aal2-24", "g726-24", "AAL2-G726-24/8000", "", "packing=aal2 bits=3"},
    {"aal2-32", "g726-32", "AAL2-G726-32/8000", "", "packing=aal2 bits=4"},
    {"aal2-40", "g726-40", "AAL2-G726-40/8000", "", "packing=aal2 bits=5"},
    {"l16", "l16", "L16/16000/1", "", ""},
};

/// A file as in tests/data/cameras/.
std::string script_of(const Sound& sound) {
  const std::string fmtp = sound.fmtp;
  const std::string ok = "RTSP/1.0 200 OK\nCSeq: {cseq}\n";
  return "path: /live\nsend: h264 video\nsend: " + std::string{sound.source} + " audio type=97 " +
         sound.changes + "\nexpect: live H264 OPUS\n\n> OPTIONS\n" + ok +
         "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\n\n> DESCRIBE\n" + ok +
         "Content-Type: application/sdp\nContent-Base: {url}/\n\nv=0\no=- 1 1 IN IP4 0.0.0.0\n"
         "s=-\nt=0 0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:0\n"
         "m=audio 0 RTP/AVP 97\na=rtpmap:97 " +
         sound.map + "\n" + (fmtp.empty() ? "" : "a=fmtp:97 " + fmtp + "\n") +
         "a=control:1\n\n> SETUP\n" + ok +
         "Session: 1\nTransport: RTP/AVP/TCP;interleaved={channels}\n\n> PLAY\n" + ok +
         "Session: 1\n\n> TEARDOWN\n" + ok;
}

constexpr std::size_t kMakes = 30; // As docs/cameras.md says.

/// Cameras in the shape of real makes, all of them in one server.
class CamerasTest : public ServiceTest {
 protected:
  void start(const std::vector<Make>& makes) {
    cameras = std::make_unique<CamsimProcess>(sources());
    ASSERT_TRUE(cameras->wait_ready()) << cameras->read_errors();
    const std::string url = cameras->url("h264");
    const auto host = url.find("://") + 3;
    const char* script = std::getenv("FANLIGHT_SCRIPTED_CAMERA");
    std::vector<std::string> arguments{"python3", script != nullptr ? script : "",
                                       url.substr(host, url.find('/', host) - host)};
    for (const Make& make : makes) arguments.push_back(make.file);
    scripted_ = std::make_unique<Process>(std::move(arguments));
    ASSERT_TRUE(scripted_->wait_output("\nall\n")) << scripted_->output();
    std::vector<CameraEntry> entries;
    for (const Make& make : makes) entries.push_back({make.name, url_of(make), make.login});
    start_service(entries);
  }
  std::string url_of(const Make& make) const {
    const std::string said = scripted_->output();
    const auto at = said.find("\n" + make.name + " rtsp://");
    if (at == said.npos) return "rtsp://127.0.0.1:1/";
    const auto begin = at + 1 + make.name.size() + 1;
    return said.substr(begin, said.find('\n', begin) - begin);
  }
  std::unique_ptr<Process> viewer_of(const Make& make) const {
    const char* viewer = std::getenv("FANLIGHT_VIEWER");
    std::vector<std::string> options{viewer != nullptr ? viewer : "whep-viewer",
                                     "--json",
                                     "--frames",
                                     "5",
                                     "--codec",
                                     "both",
                                     "--audio"};
    if (make.sound != "-") options.insert(options.end(), {"--tone", std::to_string(kTone)});
    options.push_back(url("/whep/" + make.name));
    return std::make_unique<Process>(std::move(options));
  }
  /// The camera is in the state that its file says; if that is live, viewers decode its pictures
  /// and hear its tone, a few at a time.
  void expect_right(const std::vector<Make>& makes) {
    constexpr std::size_t kAtATime = 8;
    for (const Make& make : makes) wait_state(make.name, make.state);
    for (std::size_t begin = 0; begin < makes.size(); begin += kAtATime) {
      const std::size_t end = std::min(begin + kAtATime, makes.size());
      std::vector<std::unique_ptr<Process>> viewers;
      for (std::size_t i = begin; i < end; ++i)
        viewers.push_back(makes[i].state == "live" ? viewer_of(makes[i]) : nullptr);
      for (std::size_t i = begin; i < end; ++i) expect_right(makes[i], viewers[i - begin].get());
    }
    EXPECT_THAT(scripted_->output(), Not(HasSubstr("no answer to")));
  }
  void expect_right(const Make& make, Process* viewer) {
    SCOPED_TRACE(make.name);
    if (viewer != nullptr) {
      EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
      EXPECT_THAT(viewer->output(), HasSubstr("\"codec\":\"" + make.video + "\""));
    }
    const std::string sound = make.sound == "-" ? "" : make.sound;
    const std::string camera = get("/api/cameras/" + make.name).body;
    EXPECT_THAT(camera, AllOf(HasSubstr("\"state\":\"" + make.state + "\""), HasSubstr(make.reason),
                              HasSubstr("\"audio_codec\":\"" + sound + "\"")));
  }

 private:
  std::unique_ptr<Process> scripted_;
};

TEST_F(CamerasTest, AreShownOrSayWhatIsToBeChanged) {
  const std::vector<Make> makes = all_makes();
  ASSERT_EQ(makes.size(), kMakes);
  start(makes);

  expect_right(makes);
}

TEST_F(CamerasTest, AreHeardWhateverTheySayOfTheirSound) {
  std::vector<Make> makes;
  for (const Sound& sound : kSounds)
    makes.push_back(read_make(write_text(std::string{sound.name} + ".txt", script_of(sound))));
  start(makes);

  expect_right(makes);
}

} // namespace
} // namespace fanlight::test
