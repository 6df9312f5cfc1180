#include "options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <getopt.h>

namespace fanlight::load {
namespace {

// Limits, so that a typing error does not cause a flood.
constexpr double kMostViewers = 100000;
constexpr double kMostJoins = 10000; // Per second.
constexpr double kMostSeconds = 86400;

constexpr std::string_view kHelp =
    R"(fanlight-load: many light WebRTC viewers, to measure how many a server can serve

  fanlight-load [OPTION]... http://HOST[:PORT]/whep/CAMERA...
  fanlight-load [OPTION]... --janus http://HOST:8088/janus --mountpoint ID...

The viewers are spread evenly over the URLs. Each is a WHEP client with its own ICE, DTLS and SRTP.
It answers like a browser (reports, NACKs, PLIs), but decodes nothing. The run ends by itself; with
Ctrl-C, the viewers leave early and the report is printed.

Viewers:
  --viewers N        number of viewers (1)
  --ramp N           viewers that join per second (50)
  --duration SECONDS how long they stay after all have joined (10)
  --storm N@SECONDS  N viewers leave and rejoin at once, SECONDS after the ramp; repeatable
  --loss PERCENT     treat this share of the received media packets as lost (0)
  --no-nack          do not request retransmissions
  --tcp              media over ICE-TCP instead of UDP
  --audio            receive sound, too
  --h265             offer H.265 before H.264
  --srtp PROFILE     offer only gcm (AEAD_AES_128_GCM) or only sha1 (AES128_CM_SHA1_80)
  --no-gro           read one datagram at a time: costs more here, and on a server on this machine
  --receive-buffer KB receive buffer of each socket (2048)
  --patience SECONDS how long a viewer may take to join (30)

Server:
  --janus URL        use the REST API of Janus and its streaming plug-in instead of WHEP
  --mountpoint ID    mountpoint of Janus to watch; repeatable
  --token TEXT       send "Authorization: Bearer TEXT"; ps shows it, unlike $FANLIGHT_LOAD_TOKEN
  --insecure         accept any certificate of https
  --concurrency N    HTTP requests at the same time (256); the wait of the others is measured, too
  --i-own-this-server  allow addresses that are neither loopback nor private

Output:
  --pid PID          the server's process on this machine: report its CPU and memory
  --idle SECONDS     how long to measure that process before the first viewer joins (2)
  --json FILE        also write all figures as JSON; "-": to stdout, without tables
  --quiet            no progress on stderr
  --commands         instead of a run, execute commands from stdin and answer each with a line of
                     JSON: join N [SPACING_MS], leave N, vanish N, stats, quit
  --version, --help

Exit codes: 0 all viewers joined and stayed, 1 some did not, 64 wrong usage, 68 unknown host,
69 no viewer joined, 71 too few file descriptors, 73 FILE cannot be written, 77 the server is
neither on this machine nor in a private network.
)";

enum Name : int {
  kViewers = 256,
  kRamp,
  kDuration,
  kStorm,
  kLoss,
  kNoNack,
  kTcp,
  kAudio,
  kH265,
  kSrtp,
  kNoGro,
  kReceiveBuffer,
  kPatience,
  kJanus,
  kMountpoint,
  kToken,
  kInsecure,
  kConcurrency,
  kOwn,
  kPid,
  kIdle,
  kJson,
  kQuiet,
  kCommands,
  kVersion,
  kHelpName,
};

constexpr std::array kOptions{
    option{"viewers", required_argument, nullptr, kViewers},
    option{"ramp", required_argument, nullptr, kRamp},
    option{"duration", required_argument, nullptr, kDuration},
    option{"storm", required_argument, nullptr, kStorm},
    option{"loss", required_argument, nullptr, kLoss},
    option{"no-nack", no_argument, nullptr, kNoNack},
    option{"tcp", no_argument, nullptr, kTcp},
    option{"audio", no_argument, nullptr, kAudio},
    option{"h265", no_argument, nullptr, kH265},
    option{"srtp", required_argument, nullptr, kSrtp},
    option{"no-gro", no_argument, nullptr, kNoGro},
    option{"receive-buffer", required_argument, nullptr, kReceiveBuffer},
    option{"patience", required_argument, nullptr, kPatience},
    option{"janus", required_argument, nullptr, kJanus},
    option{"mountpoint", required_argument, nullptr, kMountpoint},
    option{"token", required_argument, nullptr, kToken},
    option{"insecure", no_argument, nullptr, kInsecure},
    option{"concurrency", required_argument, nullptr, kConcurrency},
    option{"i-own-this-server", no_argument, nullptr, kOwn},
    option{"pid", required_argument, nullptr, kPid},
    option{"idle", required_argument, nullptr, kIdle},
    option{"json", required_argument, nullptr, kJson},
    option{"quiet", no_argument, nullptr, kQuiet},
    option{"commands", no_argument, nullptr, kCommands},
    option{"version", no_argument, nullptr, kVersion},
    option{"help", no_argument, nullptr, kHelpName},
    option{nullptr, 0, nullptr, 0},
};

Error misuse(const std::string& what) { return {Errc::invalid, what + "; see --help"}; }

std::optional<double> number(std::string_view text, double least, double most) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || !(value >= least && value <= most)) return {};
  return value;
}

std::chrono::milliseconds seconds(double value) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(value * 1000)};
}

/// Reads one word after another into Options; the first mistake stays.
class Reader {
 public:
  Options options;
  std::string mistake;

  void take(int name, const std::string& word, const char* value) {
    word_ = word;
    value_ = value != nullptr ? value : "";
    switch (name) {
    case kViewers: options.plan.viewers = whole(1, kMostViewers); break;
    case kRamp: options.plan.joins_per_second = real(0.1, kMostJoins); break;
    case kDuration: options.plan.duration = seconds(real(0, kMostSeconds)); break;
    case kStorm: take_storm(); break;
    case kLoss: options.settings.loss = real(0, 100) / 100; break;
    case kNoNack: options.settings.nack = false; break;
    case kTcp: options.settings.tcp = true; break;
    case kAudio: options.settings.audio = true; break;
    case kH265: options.settings.h265 = true; break;
    case kSrtp: take_srtp(); break;
    case kNoGro: options.settings.link.gro = false; break;
    case kReceiveBuffer:
      options.settings.link.receive_buffer = static_cast<int>(whole(4, 1 << 20)) * 1024;
      break;
    case kPatience: options.settings.patience = seconds(real(0.1, 3600)); break;
    case kJanus: take_janus(); break;
    case kMountpoint:
      options.mountpoints.push_back(whole(0, 9007199254740991)); // 2^53 - 1, as in JSON.
      break;
    case kToken: options.http.token = value_; break;
    case kInsecure: options.http.insecure = true; break;
    case kConcurrency: options.http.most = whole(1, 10000); break;
    case kOwn: options.settings.any_address = true; break;
    case kPid: options.plan.server = static_cast<pid_t>(whole(1, 1 << 22)); break;
    case kIdle: options.plan.idle = seconds(real(0, 3600)); break;
    case kJson: options.json = value_; break;
    case kQuiet: options.quiet = true; break;
    case kCommands: options.action = Options::Action::commands; break;
    case kVersion: options.action = Options::Action::version; break;
    case kHelpName: options.action = Options::Action::help; break;
    default: break;
    }
  }

 private:
  double real(double least, double most) {
    const auto value = number(value_, least, most);
    if (!value) complain("a number from " + shortest(least) + " to " + shortest(most));
    return value.value_or(least);
  }

  std::size_t whole(double least, double most) {
    const double value = real(least, most);
    if (value != std::size_t(value)) complain("a whole number");
    return static_cast<std::size_t>(value);
  }

  static std::string shortest(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
  }

  void take_storm() {
    const auto at = value_.find('@');
    const auto viewers = number(value_.substr(0, at), 1, kMostViewers);
    const auto when =
        at == value_.npos ? std::nullopt : number(value_.substr(at + 1), 0, kMostSeconds);
    if (!viewers || !when) return complain("VIEWERS@SECONDS, as 100@5");
    options.plan.storms.push_back({static_cast<std::size_t>(*viewers), seconds(*when)});
  }

  void take_janus() {
    auto url = Url::parse(value_);
    if (!url) return complain("an address as http://localhost:8088/janus");
    options.urls.push_back(std::move(*url));
    options.janus = true;
  }

  void take_srtp() {
    if (value_ == "gcm")
      options.srtp = "SRTP_AEAD_AES_128_GCM";
    else if (value_ == "sha1")
      options.srtp = "SRTP_AES128_CM_SHA1_80";
    else
      complain("gcm or sha1");
  }

  void complain(const std::string& right) {
    if (mistake.empty()) mistake = word_ + " needs " + right + ", not \"" + value_ + "\"";
  }

  std::string word_;
  std::string value_;
};

} // namespace

std::string usage() { return std::string(kHelp); }

Result<Options> parse_options(int argc, char** argv) {
  Reader reader;
  if (const char* token = std::getenv("FANLIGHT_LOAD_TOKEN")) reader.options.http.token = token;
  optind = 0; // Starts over, should this not be the first command line of the process.
  opterr = 0;
  for (int c = 0; (c = getopt_long(argc, argv, ":", kOptions.data(), nullptr)) != -1;) {
    const std::string word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    if (c == ':') return misuse(word + " needs a value");
    if (c == '?') return misuse(word + " is not an option, or takes no value");
    const auto known =
        std::find_if(kOptions.begin(), kOptions.end(), [c](const option& o) { return o.val == c; });
    reader.take(c, std::string("--") + known->name, optarg);
  }
  if (!reader.mistake.empty()) return misuse(reader.mistake);
  Options options = std::move(reader.options);
  if (options.action == Options::Action::version || options.action == Options::Action::help)
    return options;
  for (; optind < argc; ++optind) {
    auto url = Url::parse(argv[optind]);
    if (!url) return misuse(url.error().message);
    options.urls.push_back(std::move(*url));
  }
  if (options.urls.empty()) return misuse("no URL is given");
  if (options.janus != !options.mountpoints.empty())
    return misuse("--janus requires --mountpoint, and --mountpoint requires --janus");
  if (options.janus && options.urls.size() > 1)
    return misuse("--janus cannot be combined with other URLs");
  std::stable_sort(options.plan.storms.begin(), options.plan.storms.end(),
                   [](const Storm& a, const Storm& b) { return a.at < b.at; });
  if (!options.plan.storms.empty() && options.plan.storms.back().at > options.plan.duration)
    return misuse("the last storm would come after the end: increase --duration");
  return options;
}

} // namespace fanlight::load
