#include <cstdlib>
#include <regex>

#include <sysexits.h>

#include <gmock/gmock.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What the command line says and how it ends.
class CommandTest : public ServiceTest {
 protected:
  struct Outcome {
    std::optional<int> code;
    std::string output;
  };
  static Outcome outcome(const std::vector<std::string>& arguments) {
    const auto process = run(arguments);
    const auto code = process->wait_exit();
    return {code, process->output()};
  }
  Outcome check(const std::string& yaml) const {
    return outcome({"--config", write_text("bad.yaml", yaml), "--check-config"});
  }
};

TEST_F(CommandTest, TellsItsVersionAndItsUsage) {
  const Outcome version = outcome({"--version"});
  EXPECT_EQ(version.code, EX_OK);
  EXPECT_THAT(version.output, StartsWith("fanlight "));
  const Outcome help = outcome({"--help"});
  EXPECT_EQ(help.code, EX_OK);
  EXPECT_THAT(help.output, AllOf(HasSubstr("--config"), HasSubstr("--check-config"),
                                 HasSubstr("--print-pipeline")));
}

TEST_F(CommandTest, RefusesAWrongCommandLine) {
  for (const char* argument : {"--frobnicate", "file.yaml", "--config"}) {
    const Outcome wrong = outcome({argument});
    EXPECT_EQ(wrong.code, EX_USAGE) << argument;
    EXPECT_THAT(wrong.output, HasSubstr("--help"));
  }
}

TEST_F(CommandTest, SaysThatAConfigurationIsRight) {
  const auto path = write_config({{"front", "rtsp://user:secret@192.0.2.1/", ""}});
  const Outcome right = outcome({"--config", path, "--check-config"});
  EXPECT_EQ(right.code, EX_OK);
  EXPECT_THAT(right.output, HasSubstr(": valid"));
  EXPECT_THAT(right.output, Not(HasSubstr("secret")));
}

TEST_F(CommandTest, NamesTheFileThatIsNotThere) {
  const Outcome missing = outcome({"--config", "/nonexistent/fanlight.yaml", "--check-config"});
  EXPECT_EQ(missing.code, EX_NOINPUT);
  EXPECT_THAT(missing.output, HasSubstr("/nonexistent/fanlight.yaml"));
}

TEST_F(CommandTest, NamesFileAndLineOfWhatIsWrong) {
  const std::string one = "cameras:\n  - id: front\n    url: rtsp://192.0.2.1/\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"server:\n  lisen: 1\n" + one, "bad.yaml:2"},
      {"server:\n  listen: [1]\n" + one, "bad.yaml:2"},
      {one + "    latency: soon\n", "bad.yaml:4"},
      {one + "  - id: front\n    url: rtsp://192.0.2.2/\n", "bad.yaml:4"},
      {"cameras:\n  - id: front\n    url: http://192.0.2.1/\n", "bad.yaml:3"},
      {"cameras:\n  - id: front\n", "bad.yaml:2"},
      {"cameras: [\n", "bad.yaml"},
      {"", "bad.yaml: is empty"},
  };
  for (const auto& [yaml, place] : cases) {
    const Outcome wrong = check(yaml);
    EXPECT_EQ(wrong.code, EX_CONFIG) << yaml;
    EXPECT_THAT(wrong.output, HasSubstr(place)) << yaml;
  }
}

TEST_F(CommandTest, KeepsCredentialsOutOfWhatItSaysIsWrong) {
  const Outcome wrong = check("cameras:\n  - id: front\n    url: htp://user:hunter2@192.0.2.1/\n");
  EXPECT_EQ(wrong.code, EX_CONFIG);
  EXPECT_THAT(wrong.output, Not(HasSubstr("hunter2")));
}

TEST_F(CommandTest, DoesNotServeAWrongConfiguration) {
  const Outcome wrong = outcome({"--config", write_text("bad.yaml", "servr: {}\n")});
  EXPECT_EQ(wrong.code, EX_CONFIG);
  EXPECT_THAT(wrong.output, HasSubstr("servr"));
}

TEST_F(CommandTest, NamesThePortThatIsTaken) {
  start_service({});
  const std::string address = url("").substr(std::string{"http://"}.size());
  const Outcome second = outcome({"--config", write_config({}, {}, address)});
  EXPECT_EQ(second.code, EX_UNAVAILABLE);
  EXPECT_THAT(second.output, AllOf(HasSubstr(address), HasSubstr("server.listen")));
}

TEST_F(CommandTest, NamesTheMediaPortThatIsTaken) {
  start_service({});
  std::smatch port;
  const std::string log = service->output();
  ASSERT_TRUE(std::regex_search(log, port, std::regex{"session port=([0-9]+)"})) << log;

  const Outcome second =
      outcome({"--config", write_config({}, "webrtc: {port: " + port[1].str() + "}\n")});

  EXPECT_EQ(second.code, EX_UNAVAILABLE);
  EXPECT_THAT(second.output, AllOf(HasSubstr("webrtc.port: "), HasSubstr(port[1].str()),
                                   HasSubstr("set webrtc.port to a free port")));
}

TEST_F(CommandTest, PrintsAPipelineThatRuns) {
  start_cameras({"id=avc,size=320x180,gop=25,loop=4,bitrate=300,audio=aac"});
  const auto path = write_config({camera("avc")});
  const Outcome printed = outcome({"--config", path, "--print-pipeline", "avc"});
  ASSERT_EQ(printed.code, EX_OK) << printed.output;
  ASSERT_THAT(printed.output, AllOf(HasSubstr("gst-launch-1.0"), HasSubstr("rtspsrc"),
                                    HasSubstr("goptee"), HasSubstr("webrtcfanout")));

#ifdef __SANITIZE_ADDRESS__
  // gst-launch-1.0 is not ours to build with the sanitizer, and cannot load elements that are.
  return;
#endif
  // The line as it is, but telling what flows.
  std::string line = printed.output;
  line.replace(line.find("gst-launch-1.0"), std::string{"gst-launch-1.0"}.size(),
               "exec gst-launch-1.0 -v");
  Process launched{{"sh", "-c", line}};

  // What a payloader tells of its caps is known when the first access unit came to it.
  EXPECT_TRUE(launched.wait_output("GstRtpH264Pay:rtph264pay0: seqnum")) << launched.output();
  launched.signal(SIGINT);
  EXPECT_TRUE(launched.wait_exit());
}

TEST_F(CommandTest, SaysThatThereIsNoCameraToPrint) {
  const auto path = write_config({{"front", "rtsp://192.0.2.1/", ""}});
  const Outcome missing = outcome({"--config", path, "--print-pipeline", "back"});
  EXPECT_EQ(missing.code, EX_NOINPUT);
  EXPECT_THAT(missing.output, HasSubstr("back"));
}

TEST_F(CommandTest, NamesThePackageOfAMissingElement) {
  const auto path = write_config({});
  // Nothing but core elements.
  const auto empty = folder / "none";
  std::filesystem::create_directory(empty);
  const char* binary = std::getenv("FANLIGHT");
  Process process{{binary != nullptr ? binary : "fanlight", "--config", path},
                  {{"GST_PLUGIN_SYSTEM_PATH_1_0", empty},
                   {"GST_PLUGIN_PATH_1_0", empty},
                   {"GST_REGISTRY_1_0", folder / "registry.bin"}}};
  EXPECT_EQ(process.wait_exit(), EX_SOFTWARE);
  EXPECT_THAT(process.output(),
              AllOf(HasSubstr("rtspsrc"), HasSubstr("gstreamer1.0-plugins-good")));
}

} // namespace
} // namespace fanlight::test
