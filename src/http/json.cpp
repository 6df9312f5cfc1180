#include "http/json.h"

#include <cmath>

#include "http/json_check.h"

namespace fanlight::http::json {
namespace {

std::string utf8(std::string_view text) {
  if (g_utf8_validate_len(text.data(), text.size(), nullptr)) return std::string{text};
  return take_text(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
}

} // namespace

void Writer::object(const std::function<void()>& members) {
  json_builder_begin_object(builder_.get());
  members();
  json_builder_end_object(builder_.get());
}

void Writer::object(const char* name, const std::function<void()>& members) {
  json_builder_set_member_name(builder_.get(), name);
  object(members);
}

void Writer::array(const char* name, const std::function<void()>& elements) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_begin_array(builder_.get());
  elements();
  json_builder_end_array(builder_.get());
}

void Writer::member(const char* name, std::string_view value) {
  json_builder_set_member_name(builder_.get(), name);
  element(value);
}

void Writer::member(const char* name, double value) {
  json_builder_set_member_name(builder_.get(), name);
  // JSON has no NaN and no infinity.
  json_builder_add_double_value(builder_.get(), std::isfinite(value) ? value : 0);
}

void Writer::member(const char* name, std::int64_t value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_int_value(builder_.get(), value);
}

void Writer::member(const char* name, bool value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_boolean_value(builder_.get(), value);
}

void Writer::null(const char* name) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_null_value(builder_.get());
}

void Writer::element(std::string_view value) {
  json_builder_add_string_value(builder_.get(), utf8(value).c_str());
}

std::string Writer::text() const {
  const OwnedNode root{json_builder_get_root(builder_.get())};
  return take_text(json_to_string(root.get(), FALSE));
}

namespace {

/// What a camera says of its best stream, and each stream of itself.
void write_state(Writer& json, const session::StreamInfo& stream) {
  json.member("url", stream.url);
  json.member("state", stream.state);
  json.member("reason", stream.reason);
  json.member("state_age_ms", stream.state_age_ms);
  json.member("retry_in_ms", stream.retry_in_ms);
  json.member("video_codec", stream.video_codec);
  json.member("audio_codec", stream.audio_codec);
  json.member("audio_note", stream.audio_note);
  json.member("width", stream.width);
  json.member("height", stream.height);
  json.member("fps", stream.fps);
  json.member("bitrate", stream.bitrate);
  json.member("packets", stream.access_units);
  json.member("bytes", stream.bytes);
  json.member("reconnects", stream.reconnects);
  json.member("cached_bytes", stream.cached_bytes);
}

void write_stream(Writer& json, const session::StreamInfo& stream) {
  json.member("id", stream.id);
  json.member("pull", stream.pull);
  write_state(json, stream);
  json.member("access_units", stream.access_units);
  json.member("viewers", stream.viewers);
  json.member("gop_frames", stream.gop_frames);
  json.member("gop_ms", stream.gop_ms);
  json.member("last_key_frame_ms", stream.last_key_frame_ms);
  json.member("b_frames", stream.b_frames);
  json.member("packets_lost", stream.packets_lost);
  json.member("jitter_ms", stream.jitter_ms);
  json.member("timestamp_jumps", stream.timestamp_jumps);
  json.member("timestamp_standstills", stream.timestamp_standstills);
  json.member("parameter_changes", stream.parameter_changes);
}

} // namespace

void write_members(Writer& json, const session::CameraInfo& camera) {
  json.member("id", camera.id);
  json.member("name", camera.name);
  write_state(json, camera.best);
  json.member("viewers", camera.viewers);
  json.array("streams", [&] {
    for (const session::StreamInfo& stream : camera.streams)
      json.object([&] { write_stream(json, stream); });
  });
}

void write_members(Writer& json, const session::Info& session) {
  json.member("id", session.id);
  json.member("camera", session.camera);
  json.member("state", session::to_string(session.state));
  json.member("transport", session.transport);
  json.member("transport_reason", session.transport_reason);
  json.member("signalling", session.signalling);
  json.member("remote_address", session.remote_address);
  json.member("video_codec", session.video_codec);
  json.member("audio_codec", session.audio_codec);
  json.member("codec_reason", session.codec_reason);
  json.member("stream", session.stream);
  json.member("stream_reason", session.stream_reason);
  json.member("age_ms", session.age_ms);
  json.member("packets_sent", session.packets_sent);
  json.member("bytes_sent", session.bytes_sent);
  json.member("packets_lost", session.packets_lost);
  json.member("rtt_ms", session.rtt_ms);
  json.member("nack_count", session.nack_count);
  json.member("pli_count", session.pli_count);
  json.member("groups_dropped", session.groups_dropped);
  json.member("estimate", session.estimate);
  json.member("candidate", session.candidate);
}

void write_ice_servers(Writer& json, const std::vector<config::IceServer>& servers) {
  json.array("ice_servers", [&] {
    for (const config::IceServer& server : servers)
      json.object([&] {
        json.array("urls", [&] {
          for (const std::string& url : server.urls) json.element(url);
        });
        if (!server.username.empty()) json.member("username", server.username);
        if (!server.credential.empty()) json.member("credential", server.credential);
      });
  });
}

Result<OwnedNode> parse_object(std::string_view text) {
  if (const auto wrong = check(text))
    return Error{Errc::invalid, "the message is not JSON: " + wrong->message()};
  const Owned<JsonParser> parser{json_parser_new_immutable()};
  // What it says of an error repeats the text, so nobody hears it.
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  nullptr))
    return Error{Errc::invalid, "the message is not JSON"};
  OwnedNode root{json_parser_steal_root(parser.get())};
  if (!root || !JSON_NODE_HOLDS_OBJECT(root.get()))
    return Error{Errc::invalid, "the message is not a JSON object"};
  return root;
}

JsonNode* member(JsonNode* object, const char* name) {
  return json_object_get_member(json_node_get_object(object), name);
}

std::optional<std::string> string_member(JsonNode* object, const char* name) {
  JsonNode* node = member(object, name);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_STRING) return {};
  return std::string{json_node_get_string(node)};
}

std::optional<std::int64_t> integer_member(JsonNode* object, const char* name) {
  JsonNode* node = member(object, name);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_INT64) return {};
  return json_node_get_int(node);
}

} // namespace fanlight::http::json
