#include "api/settings_json.h"

#include "config/request.h"
#include "config/words.h"

namespace fanlight::http::json {
namespace {

void write_stream(Writer& json, const config::Stream& stream) {
  using config::to_word;
  const config::Shown shown = config::shown(stream);
  json.member("id", stream.id);
  json.member("url", shown.url);
  json.member("username", shown.username);
  json.member("has_password", shown.has_password);
  json.member("transport", to_word(stream.transport));
  json.member("latency", to_word(stream.latency));
  json.member("tls_verify", stream.tls_verify);
  json.member("tls_fingerprint", stream.tls_fingerprint);
  json.member("tls_ca_file", stream.tls_ca_file);
  json.member("pull", to_word(stream.pull));
  json.member("grace", to_word(stream.grace));
  json.member("start_timeout", to_word(stream.start_timeout));
  json.member("health_timeout", to_word(stream.health_timeout));
}

} // namespace

void write_members(Writer& json, const config::Camera& camera) {
  json.member("id", camera.id);
  json.member("name", camera.name);
  json.member("managed", camera.origin.managed);
  json.member("file", camera.origin.file);
  json.member("line", camera.origin.line);
  json.array("streams", [&] {
    for (const config::Stream& stream : camera.streams)
      json.object([&] { write_stream(json, stream); });
  });
  json.member("audio", camera.audio);
  json.array("codecs", [&] {
    for (const config::VideoCodec codec : camera.codecs) json.element(config::to_word(codec));
  });
  json.member("max_viewers", camera.max_viewers);
  json.member("webrtc_transport", config::to_word(camera.webrtc_transport));
}

void write_members(Writer& json, const config::Diff& diff) {
  write_words(json, "unchanged", diff.unchanged);
  write_words(json, "adjusted", diff.adjusted);
  write_words(json, "rebuilt", diff.rebuilt);
  write_words(json, "added", diff.added);
  write_words(json, "removed", diff.removed);
  json.member("reordered", diff.reordered);
  write_words(json, "needs_restart", diff.needs_restart);
}

void write_members(Writer& json, const cameras::ProbeResult& findings) {
  json.member("ok", findings.ok);
  json.member("reason", findings.reason);
  json.member("seconds", findings.seconds);
  json.array("video", [&] {
    for (const cameras::ProbeResult::Video& video : findings.video)
      json.object([&] {
        json.member("codec", video.codec);
        json.member("width", video.width);
        json.member("height", video.height);
        json.member("fps", video.fps);
        json.member("gop_frames", video.gop_frames);
        json.member("gop_ms", video.gop_ms);
        json.member("bitrate", video.bitrate);
        json.member("b_frames", video.b_frames);
      });
  });
  json.member("audio", findings.audio);
}

void write_words(Writer& json, const char* name, const std::vector<std::string>& words) {
  json.array(name, [&] {
    for (const std::string& word : words) json.element(word);
  });
}

} // namespace fanlight::http::json
