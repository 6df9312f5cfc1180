#include "config/cameras.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace fanlight::config {
namespace {

using std::chrono::milliseconds;

template <int Lowest, int Highest> std::string read_ms(const std::string& text, milliseconds& out) {
  return read_duration(text, milliseconds{Lowest}, milliseconds{Highest}, out);
}

void read_transport(const Value& value, Stream& stream) {
  read_scalar(
      value, stream.transport, +[](const std::string& text, RtspTransport& out) {
        return read_word(text,
                         {{"tcp", RtspTransport::tcp},
                          {"udp", RtspTransport::udp},
                          {"auto", RtspTransport::automatic},
                          {"multicast", RtspTransport::multicast},
                          {"http", RtspTransport::http}},
                         out);
      });
}

void read_pull(const Value& value, Stream& stream) {
  read_scalar(
      value, stream.pull, +[](const std::string& text, Pull& out) {
        return read_word(text, {{"always", Pull::always}, {"on_demand", Pull::on_demand}}, out);
      });
}

void read_password(const Value& value, Stream& stream) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (const std::string wrong = read_any(*text, stream.password); !wrong.empty())
    value.complaints.add(value.mark, value.key, "the value (not shown) " + wrong);
}

/// The file's first line, without its end.
void read_password_file(const Value& value, Stream& stream) {
  std::string path;
  read_scalar(value, path, read_any);
  if (path.empty()) return;
  if (const std::string wrong = read_first_line(path, stream.password); !wrong.empty())
    value.complaints.add(value.mark, value.key, wrong);
}

/// Keys that stand in a stream, or at the camera for all of its streams.
constexpr std::array kCommon{
    Key<Stream>{"username",
                [](const Value& v, Stream& s) { read_scalar(v, s.username, read_any); }},
    Key<Stream>{"password", read_password},
    Key<Stream>{"password_file", read_password_file},
    Key<Stream>{"transport", read_transport},
    Key<Stream>{"latency",
                [](const Value& v, Stream& s) { read_scalar(v, s.latency, read_ms<0, 10'000>); }},
    Key<Stream>{"tls_verify",
                [](const Value& v, Stream& s) { read_scalar(v, s.tls_verify, read_bool); }},
    Key<Stream>{
        "tls_fingerprint",
        [](const Value& v, Stream& s) { read_scalar(v, s.tls_fingerprint, read_fingerprint); }},
    Key<Stream>{"tls_ca_file",
                [](const Value& v, Stream& s) { read_scalar(v, s.tls_ca_file, read_file); }},
    Key<Stream>{"pull", read_pull},
    Key<Stream>{"grace",
                [](const Value& v, Stream& s) { read_scalar(v, s.grace, read_ms<0, 3'600'000>); }},
    Key<Stream>{
        "start_timeout",
        [](const Value& v, Stream& s) { read_scalar(v, s.start_timeout, read_ms<1'000, 60'000>); }},
    Key<Stream>{"health_timeout",
                [](const Value& v, Stream& s) {
                  read_scalar(v, s.health_timeout, read_ms<1'000, 60'000>);
                }},
};

constexpr std::array kOwn{
    Key<Stream>{"id", [](const Value& v, Stream& s) { read_scalar(v, s.id, read_stream_id); },
                "main"},
    Key<Stream>{"url", [](const Value& v, Stream& s) { read_scalar(v, s.url, read_rtsp_url); },
                "rtsp://192.0.2.10:554/stream1"},
};

void read_webrtc_transport(const Value& value, Camera& camera) {
  using Own = std::optional<ViewerTransport>;
  read_scalar(
      value, camera.webrtc_transport, +[](const std::string& text, Own& out) {
        return read_word<Own>(text,
                              {{"default", std::nullopt},
                               {"auto", ViewerTransport::automatic},
                               {"webrtcbin", ViewerTransport::webrtcbin},
                               {"fanout", ViewerTransport::fanout}},
                              out);
      });
}

void read_codecs(const Value& value, Camera& camera) {
  std::vector<VideoCodec> codecs;
  const std::vector<Value> entries = value.list("codecs, the preferred first");
  for (const Value& entry : entries) {
    VideoCodec codec{};
    read_scalar(
        entry, codec, +[](const std::string& text, VideoCodec& out) {
          return read_word(text, {{"h264", VideoCodec::h264}, {"h265", VideoCodec::h265}}, out);
        });
    if (std::find(codecs.begin(), codecs.end(), codec) != codecs.end())
      entry.refuse("is there twice; keep one");
    codecs.push_back(codec);
  }
  if (entries.empty() && (value.node.IsSequence() || value.node.IsNull()))
    value.complaints.add(value.mark, value.key,
                         "leaves no codec; name h264, h265 or both, the preferred first");
  camera.codecs = codecs;
}

constexpr std::array kCamera{
    Key<Camera>{"id", [](const Value& v, Camera& c) { read_scalar(v, c.id, read_id); }, "front"},
    Key<Camera>{"name", [](const Value& v, Camera& c) { read_scalar(v, c.name, read_any); }},
    Key<Camera>{"audio", [](const Value& v, Camera& c) { read_scalar(v, c.audio, read_bool); }},
    Key<Camera>{"codecs", read_codecs},
    Key<Camera>{"max_viewers",
                [](const Value& v, Camera& c) {
                  read_scalar(
                      v, c.max_viewers, +[](const std::string& text, std::uint32_t& out) {
                        return read_number(text, 0, kMostViewers, out);
                      });
                }},
    Key<Camera>{"webrtc_transport", read_webrtc_transport},
};

template <typename Struct, std::size_t Count>
void append_names(const std::array<Key<Struct>, Count>& keys, std::vector<std::string>& names) {
  for (const Key<Struct>& key : keys) names.emplace_back(key.name);
}

/// In the order of the documentation.
std::vector<std::string> keys_of_a_camera() {
  std::vector<std::string> names{"id", "name", "url", "streams"};
  append_names(kCommon, names);
  for (const Key<Camera>& key : kCamera)
    if (std::find(names.begin(), names.end(), key.name) == names.end())
      names.emplace_back(key.name);
  return names;
}

/// What is there only once, and where it was first.
class Once {
 public:
  /// Where the one before is, in words for a complaint in `file`; or nothing.
  std::optional<std::string> add(const std::string& text, const std::string& file, int line) {
    const auto [first, is_new] = places_.emplace(text, Place{file, line});
    if (is_new || text.empty()) return std::nullopt;
    const Place& before = first->second;
    const std::string in_line = "in line " + std::to_string(before.line);
    return before.file == file ? in_line : in_line + " of " + before.file;
  }
  std::optional<std::string> add(const std::string& text, const Value& entry,
                                 const YAML::Mark& mark) {
    return add(text, entry.complaints.file(), mark.line + 1);
  }

 private:
  struct Place {
    std::string file;
    int line = 0;
  };
  std::map<std::string, Place> places_;
};

struct Unique {
  Once ids;
  Once urls;
};

/// Cameras allow few connections, and one is enough for any number of viewers.
void check_url(const Value& entry, const std::string& url, Once& urls) {
  const YAML::Mark mark = entry.node["url"].Mark();
  if (const auto place = urls.add(url, entry, mark))
    entry.complaints.add(mark, entry.key + ".url",
                         "is the url " + *place +
                             ", too; keep one of them, any number of viewers can watch it");
}

void read_streams(const Value& value, const Stream& common, Camera& camera, Unique& unique) {
  Once ids;
  std::vector<std::string> known;
  append_names(kOwn, known);
  append_names(kCommon, known);
  const std::vector<Value> entries = value.list("streams, the best picture first");
  constexpr std::size_t kMostStreams = 16;
  if (entries.size() > kMostStreams)
    return value.complaints.add(value.mark, value.key,
                                "has " + std::to_string(entries.size()) +
                                    " streams; a camera may have " + std::to_string(kMostStreams));
  for (const Value& entry : entries) {
    Stream stream = common;
    const auto values = read_keys(entry, known);
    read_values<Stream>(entry, values, kOwn, stream);
    read_values<Stream>(entry, values, kCommon, stream);
    if (const auto place = ids.add(stream.id, entry, entry.node["id"].Mark()))
      entry.complaints.add(entry.node["id"].Mark(), entry.key + ".id",
                           '"' + stream.id + "\" is the id of the stream " + *place +
                               ", too; give each its own");
    check_url(entry, stream.url, unique.urls);
    camera.streams.push_back(std::move(stream));
  }
  if (entries.empty() && (value.node.IsSequence() || value.node.IsNull()))
    value.complaints.add(value.mark, value.key,
                         "leaves no stream; name one, or write url: instead");
}

Camera read_camera(const Value& entry, Unique& unique) {
  Camera camera;
  camera.origin = {.file = entry.complaints.file(), .line = entry.mark.line + 1, .managed = false};
  const auto values = read_keys(entry, keys_of_a_camera());
  read_values<Camera>(entry, values, kCamera, camera);
  Stream common;
  read_values<Stream>(entry, values, kCommon, common);
  const auto streams = values.find("streams");
  const auto url = values.find("url");
  if (streams != values.end() && url != values.end()) {
    entry.complaints.add(url->second.mark, url->second.key,
                         "stands beside streams; make it one of them");
  } else if (streams != values.end()) {
    common.id.clear();
    read_streams(streams->second, common, camera, unique);
  } else if (url != values.end()) {
    read_scalar(url->second, common.url, read_rtsp_url);
    check_url(entry, common.url, unique.urls);
    camera.streams.push_back(std::move(common));
  } else if (entry.node.IsMap()) {
    entry.complaints.add(entry.mark, entry.key,
                         "has no url; add e.g. url: rtsp://192.0.2.10:554/stream1");
  }
  if (const auto place = unique.ids.add(camera.id, entry, entry.mark))
    entry.complaints.add(entry.node["id"].Mark(), entry.key + ".id",
                         '"' + camera.id + "\" is the id of the camera " + *place +
                             ", too; give each its own");
  return camera;
}

} // namespace

void read_cameras(const Value& value, Config& config) {
  Unique unique;
  for (const Camera& camera : config.cameras) { // Of another file.
    unique.ids.add(camera.id, camera.origin.file, camera.origin.line);
    for (const Stream& stream : camera.streams)
      unique.urls.add(stream.url, camera.origin.file, camera.origin.line);
  }
  for (const Value& entry : value.list("cameras"))
    config.cameras.push_back(read_camera(entry, unique));
}

Camera read_camera(const Value& value) {
  Unique unique;
  return read_camera(value, unique);
}

std::vector<std::string> camera_keys() {
  std::vector<std::string> names = keys_of_a_camera();
  std::vector<std::string> own;
  append_names(kOwn, own);
  append_names(kCommon, own);
  for (const std::string& name : own) names.push_back("streams[]." + name);
  return names;
}

} // namespace fanlight::config
