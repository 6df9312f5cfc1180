#include "viewing_report.h"

#include <algorithm>
#include <cstdio>

namespace fanlight::support {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      result += escape;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

} // namespace

/// `{"event":"connected","ms":12.0}` or `connected ms=12.0`.
class ViewingReport::Line {
 public:
  Line(bool json, const std::string& event) : json_(json) {
    text_ = json ? "{\"event\":" + quoted(event) : event;
  }
  Line& add(const char* key, const std::string& value) { return raw(key, quoted(value)); }
  Line& add(const char* key, double value) { return raw(key, number(value)); }
  template <typename Integer>
  requires std::is_integral_v<Integer> Line& add(const char* key, Integer value) {
    return raw(key, std::to_string(value));
  }
  template <typename T> Line& add(const char* key, const std::optional<T>& value) {
    return value ? add(key, *value) : raw(key, json_ ? "null" : "-");
  }
  /// Milliseconds; negative: did not happen.
  Line& add_ms(const char* key, double value) {
    return value < 0 ? raw(key, json_ ? "null" : "-") : add(key, value);
  }
  /// Least, median and most of what happened.
  Line& add_spread(const std::string& key, std::vector<double> values) {
    std::erase_if(values, [](double value) { return value < 0; });
    std::sort(values.begin(), values.end());
    const bool none = values.empty();
    add_ms((key + "_min").c_str(), none ? -1 : values.front());
    add_ms((key + "_median").c_str(), none ? -1 : values[values.size() / 2]);
    return add_ms((key + "_max").c_str(), none ? -1 : values.back());
  }
  void print() {
    std::printf("%s%s\n", text_.c_str(), json_ ? "}" : "");
    std::fflush(stdout);
  }

 private:
  Line& raw(const std::string& key, const std::string& value) {
    text_ += json_ ? "," + quoted(key) + ":" + value : " " + key + "=" + value;
    return *this;
  }
  const bool json_;
  std::string text_;
};

void ViewingReport::tell(const Viewer& viewer) {
  const auto index = static_cast<std::size_t>(viewer.number());
  if (told_.size() <= index) told_.resize(index + 1);
  Told& told = told_[index];
  const Viewer::Times times = viewer.times();
  const auto line = [&](const char* event, double ms) {
    return Line(json_, event).add("viewer", viewer.number()).add_ms("ms", ms);
  };
  if (times.answered >= 0 && viewer.http_status() == 201 && !std::exchange(told.answered, true)) {
    line("answered", times.answered).print();
  }
  if (times.connected >= 0 && !std::exchange(told.connected, true)) {
    line("connected", times.connected).add_ms("ice_ms", times.ice).print();
  }
  if (times.first_picture >= 0 && !std::exchange(told.first_picture, true)) {
    const Received received = viewer.received();
    line("first_frame", times.first_picture)
        .add("codec", received.video_codec)
        .add("width", received.width)
        .add("height", received.height)
        .add("value", received.first_value)
        .print();
  }
  const bool ended =
      viewer.state() == Viewer::State::refused || viewer.state() == Viewer::State::failed;
  if (ended && !std::exchange(told.ended, true)) {
    line(viewer.state() == Viewer::State::refused ? "refused" : "failed", times.answered)
        .add("status", viewer.http_status())
        .add("message", viewer.problem())
        .print();
  }
}

void ViewingReport::tell_of(const Viewer& viewer) {
  const Viewer::Times times = viewer.times();
  const Received received = viewer.received();
  Line(json_, "viewer")
      .add("viewer", viewer.number())
      .add("status", viewer.http_status())
      .add("codec", received.video_codec)
      .add_ms("answered_ms", times.answered)
      .add_ms("ice_ms", times.ice)
      .add_ms("connected_ms", times.connected)
      .add_ms("first_datagram_ms", times.first_datagram)
      .add_ms("first_packet_ms", times.first_packet)
      .add_ms("first_frame_ms", times.first_picture)
      .add("frames", received.pictures)
      .add("unreadable", received.unreadable)
      .add("gaps", received.gaps)
      .add("first", received.first_value)
      .add("last", received.last_value)
      .add("width", received.width)
      .add("height", received.height)
      .add("video_packets", received.video_packets)
      .add("datagrams", received.datagrams)
      .add("missed", received.missed)
      .add("lost", received.lost)
      .add("bytes", received.bytes)
      .add("audio_codec", received.audio_codec)
      .add("audio_packets", received.audio_packets)
      .add("audio_level_db", received.audio_level)
      .add("audio_tone", received.audio_tone)
      .print();
}

void ViewingReport::summary(const std::vector<std::shared_ptr<Viewer>>& viewers, double seconds) {
  for (const auto& viewer : viewers) tell_of(*viewer);
  std::size_t playing = 0;
  Received sum;
  std::vector<double> answered;
  std::vector<double> connected;
  std::vector<double> first_datagram;
  std::vector<double> first;
  for (const auto& viewer : viewers) {
    const Received received = viewer->received();
    const Viewer::Times times = viewer->times();
    if (received.pictures > 0) ++playing;
    sum.pictures += received.pictures;
    sum.gaps += received.gaps;
    sum.video_packets += received.video_packets;
    sum.audio_packets += received.audio_packets;
    sum.missed += received.missed;
    sum.lost += received.lost;
    sum.bytes += received.bytes;
    answered.push_back(times.answered);
    connected.push_back(times.connected);
    first_datagram.push_back(times.first_datagram);
    first.push_back(times.first_picture);
  }
  Line(json_, "summary")
      .add("seconds", seconds)
      .add("viewers", viewers.size())
      .add("playing", playing)
      .add_spread("answered_ms", answered)
      .add_spread("connected_ms", connected)
      .add_spread("first_datagram_ms", first_datagram)
      .add_spread("first_frame_ms", first)
      .add("frames", sum.pictures)
      .add("gaps", sum.gaps)
      .add("video_packets", sum.video_packets)
      .add("audio_packets", sum.audio_packets)
      .add("missed", sum.missed)
      .add("lost", sum.lost)
      .add("bytes", sum.bytes)
      .print();
}

} // namespace fanlight::support
