#include <cstdio>
#include <deque>
#include <iostream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

#include "viewer.h"

namespace {

using namespace fanlight::crowd;
using namespace std::chrono_literals;

constexpr std::string_view kHelp = R"(whep-crowd: many WHEP viewers in one light process

  whep-crowd [--audio] [--h265] [--without TEXT]... [--patience SECONDS]
             http://HOST:PORT/whep/CAMERA

  --without TEXT        lines of the offer that contain TEXT are left out

Commands on stdin, one line of JSON each on stdout when it is done:
  join N [SPACING_MS]   N more viewers; done when each has a whole key frame or has failed
  leave N               the newest N say goodbye (DELETE)
  vanish N              the newest N are gone without a word
  stats                 what has been received so far
  quit                  or the end of stdin
)";

const char* to_string(Viewer::State state) {
  constexpr const char* kNames[] = {"posting", "checking", "handshaking", "waiting",
                                    "playing", "leaving",  "gone",        "failed"};
  return kNames[static_cast<int>(state)];
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string describe(const Viewer& viewer) {
  const Viewer::Times& times = viewer.times();
  const Reception* video = viewer.video();
  std::ostringstream out;
  out << "{\"state\":\"" << to_string(viewer.state()) << "\",\"error\":" << quoted(viewer.error())
      << ",\"answered_ms\":" << times.answered << ",\"ice_ms\":" << times.ice
      << ",\"dtls_ms\":" << times.dtls << ",\"first_packet_ms\":" << times.first_packet
      << ",\"key_frame_ms\":" << times.key_frame << ",\"left_ms\":" << times.left
      << ",\"packets\":" << viewer.packets() << ",\"bytes\":" << viewer.bytes()
      << ",\"gaps\":" << (video ? video->gaps() : 0)
      << ",\"recovered\":" << (video ? video->recovered() : 0)
      << ",\"lost\":" << (video ? video->lost() : 0)
      << ",\"srtp_profile\":" << viewer.srtp_profile() << "}";
  return out.str();
}

/// The viewers, and the command that is being carried out; commands wait for the one before.
class Crowd {
 public:
  Crowd(Settings settings, std::chrono::seconds patience)
      : settings_(std::move(settings)), patience_(patience) {
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    loop_.watch(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) { read_commands(); });
    loop_.on_tick([this] { tick(); });
  }

  void run() { loop_.run(); }

 private:
  void read_commands() {
    char buffer[4096];
    const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got == 0) return loop_.stop();
    if (got < 0) return;
    input_.append(buffer, static_cast<std::size_t>(got));
    for (auto end = input_.find('\n'); end != input_.npos; end = input_.find('\n')) {
      commands_.push_back(input_.substr(0, end));
      input_.erase(0, end + 1);
    }
    next();
  }

  void next() {
    while (!busy_ && !commands_.empty()) {
      begin(commands_.front());
      commands_.pop_front();
    }
  }

  void begin(const std::string& command) {
    std::istringstream words{command};
    std::string verb;
    std::size_t count = 0;
    long spacing = 0;
    words >> verb >> count >> spacing;
    busy_ = true;
    verb_ = verb;
    deadline_ = Clock::now() + patience_ + count * std::chrono::milliseconds{spacing};
    if (verb == "join") {
      to_join_ = count;
      spacing_ = std::chrono::milliseconds{spacing};
      next_join_ = Clock::now();
      first_ = viewers_.size();
      join_due();
    } else if (verb == "leave" || verb == "vanish") {
      first_ = viewers_.size() - std::min(count, viewers_.size());
      for (std::size_t i = first_; i < viewers_.size(); ++i)
        verb == "leave" ? viewers_[i]->leave() : viewers_[i]->vanish();
    } else if (verb == "stats") {
      first_ = 0;
    } else if (verb == "quit") {
      loop_.stop();
    } else {
      std::cout << "{\"error\":" << quoted("no such command: " + command) << "}" << std::endl;
      busy_ = false;
    }
    finish_if_done(Clock::now());
  }

  void join_due() {
    for (; to_join_ > 0 && Clock::now() >= next_join_; --to_join_) {
      viewers_.push_back(std::make_unique<Viewer>(loop_, identity_, settings_));
      next_join_ += spacing_;
    }
  }

  bool settled(const Viewer& viewer) const {
    const Viewer::State state = viewer.state();
    if (state == Viewer::State::failed || state == Viewer::State::gone) return true;
    return verb_ == "stats" || (verb_ == "join" && state == Viewer::State::playing);
  }

  void finish_if_done(Time now) {
    if (!busy_ || (to_join_ > 0 && now < deadline_)) return;
    for (std::size_t i = first_; i < viewers_.size() && now < deadline_; ++i)
      if (!settled(*viewers_[i])) return;
    std::cout << "{\"command\":" << quoted(verb_) << ",\"viewers\":[";
    for (std::size_t i = first_; i < viewers_.size(); ++i)
      std::cout << (i > first_ ? "," : "") << describe(*viewers_[i]);
    std::cout << "]}" << std::endl;
    if (verb_ == "leave" || verb_ == "vanish") viewers_.resize(first_);
    busy_ = false;
    to_join_ = 0;
  }

  void tick() {
    const Time now = Clock::now();
    if (to_join_ > 0) join_due();
    for (const auto& viewer : viewers_) viewer->tick(now);
    finish_if_done(now);
    next();
  }

  Loop loop_;
  const Identity identity_;
  const Settings settings_;
  const std::chrono::seconds patience_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::string input_;
  std::deque<std::string> commands_;

  bool busy_ = false;
  std::string verb_;
  std::size_t first_ = 0; // Of the viewers that the command is about.
  Time deadline_{};
  std::size_t to_join_ = 0;
  std::chrono::milliseconds spacing_{};
  Time next_join_{};
};

} // namespace

int main(int argc, char** argv) {
  Settings settings;
  std::chrono::seconds patience{30};
  std::string url;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string option = argv[i];
      if (option == "--help") {
        std::cout << kHelp;
        return EX_OK;
      }
      if (option == "--audio")
        settings.audio = true;
      else if (option == "--h265")
        settings.h265 = true;
      else if (option == "--without" && i + 1 < argc)
        settings.without.push_back(argv[++i]);
      else if (option == "--patience" && i + 1 < argc)
        patience = std::chrono::seconds{std::stoi(argv[++i])};
      else
        url = option;
    }
    settings.url = Url::parse(url);
  } catch (const std::exception&) {
    std::cerr << kHelp;
    return EX_USAGE;
  }
  Crowd{std::move(settings), patience}.run();
  return EX_OK;
}
