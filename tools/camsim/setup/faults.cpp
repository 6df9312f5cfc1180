#include "camsim/setup/faults.h"

#include <atomic>
#include <functional>
#include <iomanip>
#include <sstream>
#include <string_view>
#include <type_traits>
#include <vector>

#include <json-glib/json-glib.h>

#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

/// What the value must be; empty if it is right.
using Wanted = std::string;
using Read = std::function<Wanted(Faults&, JsonNode*)>;
using Write = std::function<void(const Faults&, JsonBuilder*)>;
struct Member {
  const char* name;
  Read read;
  Write write;
};

const std::set<std::string> kSdpFaults{"no_sprop",
                                       "broken_sprop",
                                       "no_rtpmap",
                                       "extra_media",
                                       "backchannel",
                                       "control_absolute",
                                       "control_relative",
                                       "control_query",
                                       "control_star",
                                       "no_control",
                                       "more_types",
                                       "mjpeg",
                                       "mpeg_ts",
                                       "all_sendonly",
                                       "sound_sendonly",
                                       "bad_aac_config",
                                       "bad_latm",
                                       "no_aac_config",
                                       "pli"};

const std::set<std::string> kAnswerFaults{"no_interleaved", "no_transport",     "other_channels",
                                          "same_channels",  "spaced_transport", "no_cseq",
                                          "odd_case",       "line_feeds"};

std::string join(const std::set<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

bool is_number(JsonNode* node) {
  return JSON_NODE_HOLDS_VALUE(node) && (json_node_get_value_type(node) == G_TYPE_INT64 ||
                                         json_node_get_value_type(node) == G_TYPE_DOUBLE);
}

std::string brief(double number) {
  std::ostringstream text;
  text << std::setprecision(9) << number;
  return text.str();
}

Member flag(const char* name, bool Faults::*member) {
  return {name,
          [member](Faults& faults, JsonNode* node) -> Wanted {
            if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
              return "true or false";
            faults.*member = json_node_get_boolean(node);
            return {};
          },
          [member](const Faults& faults, JsonBuilder* json) {
            json_builder_add_boolean_value(json, faults.*member);
          }};
}

template <typename T> Member number(const char* name, T Faults::*member, double min, double max) {
  return {name,
          [=](Faults& faults, JsonNode* node) -> Wanted {
            const double value = is_number(node) ? json_node_get_double(node) : max + 1;
            if (value < min || value > max)
              return "a number from " + brief(min) + " to " + brief(max);
            faults.*member = static_cast<T>(value);
            return {};
          },
          [member](const Faults& faults, JsonBuilder* json) {
            if constexpr (std::is_integral_v<T>)
              json_builder_add_int_value(json, faults.*member);
            else
              json_builder_add_double_value(json, faults.*member);
          }};
}

/// One of `choices`, if there are any.
Member text(const char* name, std::string Faults::*member,
            const std::set<std::string>& choices = {}) {
  return {name,
          [member, choices](Faults& faults, JsonNode* node) -> Wanted {
            if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
              return choices.empty() ? "a text" : "one of " + join(choices);
            if (!choices.empty() && !choices.contains(json_node_get_string(node)))
              return "one of " + join(choices);
            faults.*member = json_node_get_string(node);
            return {};
          },
          [member](const Faults& faults, JsonBuilder* json) {
            json_builder_add_string_value(json, (faults.*member).c_str());
          }};
}

Member by_method(const char* name, std::map<std::string, int> Faults::*member) {
  return {name,
          [member](Faults& faults, JsonNode* node) -> Wanted {
            if (!JSON_NODE_HOLDS_OBJECT(node)) return "an object of RTSP methods and numbers";
            JsonObjectIter iter;
            json_object_iter_init(&iter, json_node_get_object(node));
            (faults.*member).clear();
            const gchar* method = nullptr;
            JsonNode* value = nullptr;
            while (json_object_iter_next(&iter, &method, &value)) {
              if (!is_number(value)) return "an object of RTSP methods and numbers";
              (faults.*member)[method] = static_cast<int>(json_node_get_int(value));
            }
            return {};
          },
          [member](const Faults& faults, JsonBuilder* json) {
            json_builder_begin_object(json);
            for (const auto& [method, value] : faults.*member) {
              json_builder_set_member_name(json, method.c_str());
              json_builder_add_int_value(json, value);
            }
            json_builder_end_object(json);
          }};
}

/// Any number of `choices`.
Member list(const char* name, std::set<std::string> Faults::*member,
            const std::set<std::string>& choices) {
  return {name,
          [member, choices](Faults& faults, JsonNode* node) -> Wanted {
            const Wanted wanted = "a list of " + join(choices);
            if (!JSON_NODE_HOLDS_ARRAY(node)) return wanted;
            (faults.*member).clear();
            JsonArray* const array = json_node_get_array(node);
            for (guint i = 0; i < json_array_get_length(array); ++i) {
              JsonNode* const entry = json_array_get_element(array, i);
              const bool is_text =
                  JSON_NODE_HOLDS_VALUE(entry) && json_node_get_value_type(entry) == G_TYPE_STRING;
              if (!is_text || !choices.contains(json_node_get_string(entry))) return wanted;
              (faults.*member).insert(json_node_get_string(entry));
            }
            return {};
          },
          [member](const Faults& faults, JsonBuilder* json) {
            json_builder_begin_array(json);
            for (const std::string& entry : faults.*member)
              json_builder_add_string_value(json, entry.c_str());
            json_builder_end_array(json);
          }};
}

const std::vector<Member>& members() {
  static const std::vector<Member> all{
      flag("hang", &Faults::hang),
      flag("one_connection", &Faults::one_connection),
      by_method("status", &Faults::status),
      by_method("delay_ms", &Faults::delay_ms),
      text("redirect", &Faults::redirect),
      text("public", &Faults::public_methods),
      text("keep_alive", &Faults::keep_alive),
      number("expire_s", &Faults::expire_s, 0, 3600),
      text("end", &Faults::end, {"close", "reset"}),
      number("end_after_s", &Faults::end_after_s, 0, 100'000),
      number("garbage", &Faults::garbage, 0, 1000),
      text("as", &Faults::as),
      list("answers", &Faults::answers, kAnswerFaults),
      list("sdp", &Faults::sdp, kSdpFaults),
      number("jump_s", &Faults::jump_s, -100'000, 100'000),
      number("every_s", &Faults::every_s, 0, 100'000),
      number("drift_ppm", &Faults::drift_ppm, -100'000, 100'000),
      flag("standstill", &Faults::standstill),
      number("lose_percent", &Faults::lose_percent, 0, 100),
      flag("reorder", &Faults::reorder),
      number("gap", &Faults::gap, 0, 60'000),
      flag("marker", &Faults::marker),
      text("markers", &Faults::markers, {"last", "none", "nal"}),
      flag("odd_packet", &Faults::odd_packet),
      flag("ssrc", &Faults::ssrc),
      number("stale", &Faults::stale, 0, 100),
      text("parameter_sets", &Faults::parameter_sets, {"both", "sdp", "band"}),
      text("play", &Faults::play),
      number("speed", &Faults::speed, 0.01, 1),
      number("begin", &Faults::begin, 0, 100'000),
      flag("delimiters", &Faults::delimiters),
      flag("no_idr", &Faults::no_idr),
      number("after_s", &Faults::after_s, 0, 100'000),
      number("duration_s", &Faults::duration_s, 0, 100'000),
  };
  return all;
}

const Member* find(std::string_view name) {
  for (const Member& member : members())
    if (member.name == name) return &member;
  return nullptr;
}

std::string all_names() {
  std::string all;
  for (const Member& member : members())
    all += (all.empty() ? "" : ", ") + std::string{member.name};
  return all;
}

} // namespace

Result<Faults> read_faults(const std::string& json, Faults faults) {
  const Owned<JsonParser, g_object_unref> parser{json_parser_new()};
  GError* raw = nullptr;
  json_parser_load_from_data(parser.get(), json.data(), static_cast<gssize>(json.size()), &raw);
  if (const GErrorPtr error{raw}; error)
    return Error{Errc::invalid, std::string{"the faults are not JSON: "} + error->message};
  JsonNode* const root = json_parser_get_root(parser.get());
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root))
    return Error{Errc::invalid, "the faults must be a JSON object"};
  JsonObjectIter iter;
  json_object_iter_init(&iter, json_node_get_object(root));
  const gchar* name = nullptr;
  JsonNode* value = nullptr;
  while (json_object_iter_next(&iter, &name, &value)) {
    const Member* const known = find(name);
    if (known == nullptr)
      return Error{Errc::invalid,
                   std::string{"unknown fault '"} + name + "': the faults are " + all_names()};
    if (const Wanted wanted = known->read(faults, value); !wanted.empty())
      return Error{Errc::invalid, std::string{name} + ": must be " + wanted};
  }
  static std::atomic<std::uint64_t> once{0};
  if (json_object_has_member(json_node_get_object(root), "jump_s") ||
      json_object_has_member(json_node_get_object(root), "gap"))
    faults.once = ++once;
  return faults;
}

Result<Faults> clear_fault(Faults faults, const std::string& name) {
  const Member* const known = find(name);
  if (known == nullptr)
    return Error{Errc::not_found, "unknown fault '" + name + "': the faults are " + all_names()};
  const Owned<JsonBuilder, g_object_unref> json{json_builder_new()};
  json_builder_begin_object(json.get());
  json_builder_set_member_name(json.get(), known->name);
  known->write(Faults{}, json.get());
  json_builder_end_object(json.get());
  JsonNode* const sound = json_builder_get_root(json.get());
  known->read(faults, json_object_get_member(json_node_get_object(sound), known->name));
  json_node_unref(sound);
  return faults;
}

std::string write_faults(const Faults& faults) {
  const Owned<JsonBuilder, g_object_unref> json{json_builder_new()};
  json_builder_begin_object(json.get());
  for (const Member& member : members()) {
    json_builder_set_member_name(json.get(), member.name);
    member.write(faults, json.get());
  }
  json_builder_end_object(json.get());
  JsonNode* const root = json_builder_get_root(json.get());
  std::string out = take_string(json_to_string(root, FALSE));
  json_node_unref(root);
  return out;
}

std::string quote(const std::string& text) {
  JsonNode* const node = json_node_init_string(json_node_alloc(), text.c_str());
  std::string out = take_string(json_to_string(node, FALSE));
  json_node_unref(node);
  return out;
}

} // namespace fanlight::camsim
