#include "api/settings_json.h"

#include <type_traits>
#include <variant>

#include "config/record.h"

namespace fanlight::http::json {
namespace {

void write_record(Writer& json, const config::Record& record);

void write_member(Writer& json, const char* name, const config::Printed& value) {
  std::visit(
      [&](const auto& is) {
        using T = std::decay_t<decltype(is)>;
        if constexpr (std::is_same_v<T, config::Word>)
          json.member(name, is.text);
        else if constexpr (std::is_same_v<T, std::vector<std::string>>)
          write_words(json, name, is);
        else if constexpr (std::is_same_v<T, std::vector<config::Word>>)
          json.array(name, [&] {
            for (const config::Word& word : is) json.element(word.text);
          });
        else if constexpr (std::is_same_v<T, std::vector<config::Record>>)
          json.array(name, [&] {
            for (const config::Record& record : is)
              json.object([&] { write_record(json, record); });
          });
        else
          json.member(name, is);
      },
      value);
}

void write_record(Writer& json, const config::Record& record) {
  for (const auto& [name, value] : record.members) write_member(json, name, value);
}

} // namespace

void write_members(Writer& json, const config::Camera& camera) {
  write_record(json, config::shown(camera));
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
