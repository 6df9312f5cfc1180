#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <glib-unix.h>
#include <gst/gst.h>
#include <sysexits.h>

#include "support/hang_limit.h"
#include "viewing_report.h"

namespace {

using namespace fanlight;
using namespace fanlight::support;

constexpr const char* kSummary = R"(A WebRTC viewer without a browser, for tests and measurements.

Exit code: 0 when every viewer got its frames (or the duration is over and every viewer plays),
1 when the time ran out, 2 when the server refused, 3 when a connection failed.)";

struct Arguments {
  ViewerOptions viewer;
  int count = 1;
  int stagger_ms = 0;
  std::uint64_t frames = 0;
  double timeout_s = std::chrono::seconds{test::kHangLimit}.count();
  double duration_s = 0;
  bool json = false;
};

/// All viewers of one run: starts them, watches them, ends them.
class Run {
 public:
  explicit Run(Arguments arguments) : arguments_(std::move(arguments)), report_(arguments_.json) {}

  int run() {
    loop_ = g_main_loop_new(nullptr, FALSE);
    begun_ = g_get_monotonic_time();
    const auto on_signal = [](gpointer data) -> gboolean {
      static_cast<Run*>(data)->finish();
      return G_SOURCE_CONTINUE;
    };
    const guint interrupt = g_unix_signal_add(SIGINT, on_signal, this);
    const guint terminate = g_unix_signal_add(SIGTERM, on_signal, this);
    deadline_.once(
        milliseconds(arguments_.duration_s > 0 ? arguments_.duration_s : arguments_.timeout_s),
        [this] { finish(); });
    start_next();
    g_main_loop_run(loop_);
    g_source_remove(interrupt);
    g_source_remove(terminate);
    g_main_loop_unref(loop_);
    viewers_.clear();
    return exit_code_;
  }

 private:
  static std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  }

  void start_next() {
    if (finishing_ || static_cast<int>(viewers_.size()) == arguments_.count) return;
    viewers_.push_back(std::make_shared<Viewer>(static_cast<int>(viewers_.size()),
                                                arguments_.viewer, http_,
                                                [this](Viewer& viewer) { on_news(viewer); }));
    viewers_.back()->start();
    stagger_.once(std::chrono::milliseconds(arguments_.stagger_ms), [this] { start_next(); });
  }

  static bool ended(const Viewer& viewer) {
    return viewer.state() == Viewer::State::refused || viewer.state() == Viewer::State::failed;
  }

  bool satisfied(const Viewer& viewer) const {
    const std::uint64_t frames = viewer.received().pictures;
    constexpr double kHeard = 0.5;
    if (arguments_.viewer.tone_hz > 0 && viewer.received().audio_tone.value_or(0) < kHeard)
      return false;
    return arguments_.frames > 0 ? frames >= arguments_.frames : frames > 0;
  }

  void on_news(Viewer& viewer) {
    if (finishing_) return;
    report_.tell(viewer);
    if (static_cast<int>(viewers_.size()) < arguments_.count) return;
    const bool until_frames = arguments_.duration_s <= 0;
    const bool over = std::all_of(viewers_.begin(), viewers_.end(), [&](const auto& each) {
      return ended(*each) || (until_frames && satisfied(*each));
    });
    if (over) finish();
  }

  void finish() {
    if (std::exchange(finishing_, true)) return;
    for (const auto& viewer : viewers_) {
      if (viewer->state() == Viewer::State::refused) exit_code_ = std::max(exit_code_, 2);
      if (viewer->state() == Viewer::State::failed) exit_code_ = std::max(exit_code_, 3);
      if (!ended(*viewer) && !satisfied(*viewer)) exit_code_ = std::max(exit_code_, 1);
    }
    report_.summary(viewers_, static_cast<double>(g_get_monotonic_time() - begun_) / 1e6);
    leaving_ = viewers_.size();
    // A server that is gone answers nobody.
    deadline_.once(std::chrono::seconds(2), [this] { g_main_loop_quit(loop_); });
    if (leaving_ == 0) return g_main_loop_quit(loop_);
    for (const auto& viewer : viewers_) {
      viewer->leave([this] {
        if (--leaving_ == 0) g_main_loop_quit(loop_);
      });
    }
  }

  const Arguments arguments_;
  ViewingReport report_;
  WhepClient http_;
  std::vector<std::shared_ptr<Viewer>> viewers_;
  Timer deadline_;
  Timer stagger_;
  GMainLoop* loop_ = nullptr;
  std::int64_t begun_ = 0;
  std::size_t leaving_ = 0;
  bool finishing_ = false;
  int exit_code_ = 0;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "whep-viewer: %s\n", message.c_str());
  return EX_USAGE;
}

} // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  gchar* codec = nullptr;
  gboolean audio = FALSE;
  gboolean both_ways = FALSE;
  gboolean no_decode = FALSE;
  gboolean json = FALSE;
  gboolean sdp = FALSE;
  gint frames = 0;
  gint latency = 100;
  gint drop = 0;
  gint tone = 0;
  gchar** rest = nullptr;
  const GOptionEntry entries[] = {
      {"codec", 0, 0, G_OPTION_ARG_STRING, &codec, "h264 | h265 | both (h264)", "CODEC"},
      {"audio", 0, 0, G_OPTION_ARG_NONE, &audio, "Receive sound as well", nullptr},
      {"tone", 0, 0, G_OPTION_ARG_INT, &tone,
       "Stop only when most of the sound is a tone of that frequency", "HZ"},
      {"both-ways", 0, 0, G_OPTION_ARG_NONE, &both_ways, "Offer sendrecv", nullptr},
      {"frames", 0, 0, G_OPTION_ARG_INT, &frames, "Stop when every viewer has so many (1)", "N"},
      {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.timeout_s, "Fail after (120)", "SECONDS"},
      {"duration", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.duration_s,
       "Watch so long, however many frames come", "SECONDS"},
      {"count", 0, 0, G_OPTION_ARG_INT, &arguments.count, "Viewers in this process (1)", "N"},
      {"stagger", 0, 0, G_OPTION_ARG_INT, &arguments.stagger_ms, "Between their starts (0)", "MS"},
      {"no-decode", 0, 0, G_OPTION_ARG_NONE, &no_decode, "Only count packets", nullptr},
      {"latency", 0, 0, G_OPTION_ARG_INT, &latency, "Of the jitter buffer (100)", "MS"},
      {"drop", 0, 0, G_OPTION_ARG_INT, &drop, "Lose one of so many datagrams (none)", "N"},
      {"sdp", 0, 0, G_OPTION_ARG_NONE, &sdp, "Offer and answer to stderr", nullptr},
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a line", nullptr},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, nullptr, "URL"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const Owned<GOptionContext, g_option_context_free> context{g_option_context_new(nullptr)};
  g_option_context_set_summary(context.get(), kSummary);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  GError* raw = nullptr;
  const bool parsed = g_option_context_parse(context.get(), &argc, &argv, &raw);
  const GErrorPtr error{raw};
  const Owned<gchar*, g_strfreev> urls{rest};
  const std::string name = codec == nullptr ? "h264" : take_string(codec);
  if (!parsed) return fail(error->message);
  if (!urls || g_strv_length(urls.get()) != 1) return fail("one URL is needed; see --help");
  if (name == "h264")
    arguments.viewer.codecs = {"H264"};
  else if (name == "h265")
    arguments.viewer.codecs = {"H265"};
  else if (name == "both")
    arguments.viewer.codecs = {"H265", "H264"};
  else
    return fail("--codec is h264, h265 or both, not '" + name + "'");
  if (arguments.count < 1 || frames < 0 || latency < 0 || drop < 0 || tone < 0)
    return fail("numbers must be positive");
  arguments.viewer.url = urls.get()[0];
  arguments.viewer.audio = audio;
  arguments.viewer.tone_hz = tone;
  arguments.viewer.both_ways = both_ways;
  arguments.viewer.decode = !no_decode;
  arguments.viewer.latency_ms = static_cast<unsigned>(latency);
  arguments.viewer.show_sdp = sdp;
  arguments.viewer.drop_every = static_cast<unsigned>(drop);
  arguments.frames = static_cast<std::uint64_t>(frames);
  arguments.json = json;
  return Run(std::move(arguments)).run();
}
