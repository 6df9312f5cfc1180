#include "camsim/setup/spec.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

#include <arpa/inet.h>

#include "camsim/setup/spec_keys.h"

namespace fanlight::camsim {
namespace {

Error invalid(std::string message) { return {Errc::invalid, std::move(message)}; }

template <typename T> using Names = std::vector<std::pair<std::string_view, T>>;

template <typename T> std::string join_names(const Names<T>& names) {
  std::string out;
  for (const auto& [name, value] : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

/// What the value must be; empty if it is right.
using Wanted = std::string;
using Setter = std::function<Wanted(CameraSpec&, std::string_view)>;

template <typename T> Setter choice(T CameraSpec::*member, Names<T> names) {
  return [=](CameraSpec& spec, std::string_view text) -> Wanted {
    for (const auto& [name, value] : names) {
      if (name == text) {
        spec.*member = value;
        return {};
      }
    }
    return "one of " + join_names(names);
  };
}

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

Setter number(int CameraSpec::*member, int min, int max) {
  return [=](CameraSpec& spec, std::string_view text) -> Wanted {
    const auto value = parse_int(text);
    if (!value || *value < min || *value > max)
      return "a number from " + std::to_string(min) + " to " + std::to_string(max);
    spec.*member = *value;
    return {};
  };
}

Setter string(std::string CameraSpec::*member) {
  return [=](CameraSpec& spec, std::string_view text) -> Wanted {
    if (text.empty()) return "a text that is not empty";
    spec.*member = text;
    return {};
  };
}

Wanted set_id(CameraSpec& spec, std::string_view text) {
  const bool fits = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!fits) return "1 to 64 of a-z, 0-9, _ and -";
  spec.id = text;
  return {};
}

Wanted set_codec(CameraSpec& spec, std::string_view text) {
  using enum config::VideoCodec;
  static const Names<std::vector<config::VideoCodec>> names = {
      {"h264", {h264}}, {"h265", {h265}}, {"h265+h264", {h265, h264}}};
  return choice(&CameraSpec::codecs, names)(spec, text);
}

Wanted set_size(CameraSpec& spec, std::string_view text) {
  const std::size_t x = text.find('x');
  if (x != std::string_view::npos) {
    const auto width = parse_int(text.substr(0, x));
    const auto height = parse_int(text.substr(x + 1));
    if (width && height && *width >= 320 && *width <= 3840 && *height >= 180 && *height <= 2160 &&
        *width % 2 == 0 && *height % 2 == 0) {
      spec.width = *width;
      spec.height = *height;
      return {};
    }
  }
  return "WIDTHxHEIGHT, both even, from 320x180 to 3840x2160";
}

Wanted set_multicast(CameraSpec& spec, std::string_view text) {
  const std::string group{text};
  in_addr address{};
  if (inet_pton(AF_INET, group.c_str(), &address) != 1 || !IN_MULTICAST(ntohl(address.s_addr)))
    return "an address from 224.0.0.0 to 239.255.255.255";
  spec.multicast = group;
  return {};
}

const std::vector<std::pair<std::string_view, Setter>>& setters() {
  static const std::vector<std::pair<std::string_view, Setter>> table = {
      {"id", set_id},
      {"name", string(&CameraSpec::name)},
      {"codec", set_codec},
      {"profile", choice(&CameraSpec::profile, {{"baseline", H264Profile::baseline},
                                                {"main", H264Profile::main},
                                                {"high", H264Profile::high}})},
      {"audio", choice(&CameraSpec::audio, {{"aac", AudioCodec::aac},
                                            {"pcma", AudioCodec::pcma},
                                            {"pcmu", AudioCodec::pcmu},
                                            {"opus", AudioCodec::opus},
                                            {"g726-16", AudioCodec::g726_16},
                                            {"g726-24", AudioCodec::g726_24},
                                            {"g726-32", AudioCodec::g726_32},
                                            {"g726-40", AudioCodec::g726_40},
                                            {"l16", AudioCodec::l16},
                                            {"none", AudioCodec::none}})},
      {"size", set_size},
      {"fps", number(&CameraSpec::fps, 1, 120)},
      {"bitrate", number(&CameraSpec::bitrate, 50, 50000)},
      {"gop", number(&CameraSpec::gop, 1, 3600)},
      {"bframes", number(&CameraSpec::bframes, 0, 4)},
      {"slices", number(&CameraSpec::slices, 1, 8)},
      {"refresh", choice(&CameraSpec::refresh, {{"true", true}, {"false", false}})},
      {"loop", number(&CameraSpec::loop, 1, 120)},
      {"rate", number(&CameraSpec::rate, 8000, 48000)},
      {"tone", number(&CameraSpec::tone, 100, 3000)},
      {"count", number(&CameraSpec::count, 1, 1000)},
      {"mtu", number(&CameraSpec::mtu, 500, 60000)},
      {"stamp", number(&CameraSpec::stamp, 1, 1000)},
      {"multicast", set_multicast},
      {"live", choice(&CameraSpec::live, {{"true", true}, {"false", false}})},
      {"auth", choice(&CameraSpec::auth, {{"none", Auth::none},
                                          {"basic", Auth::basic},
                                          {"digest", Auth::digest},
                                          {"digest-sha256", Auth::digest_sha256}})},
      {"user", string(&CameraSpec::user)},
      {"password", string(&CameraSpec::password)},
  };
  return table;
}

} // namespace

Result<> set_key(CameraSpec& spec, std::string_view key, std::string_view value) {
  for (const auto& [name, setter] : setters()) {
    if (name != key) continue;
    const Wanted wanted = setter(spec, value);
    if (wanted.empty()) return Done{};
    // An error message must not bring a password into a log.
    const std::string shown = key == "password" ? "" : " '" + std::string(value) + "'";
    return invalid(std::string(key) + shown + ": must be " + wanted);
  }
  return invalid("unknown key '" + std::string(key) + "': the keys are " + join_names(setters()));
}

Result<> check(const CameraSpec& spec) {
  if (spec.id.empty()) return invalid("a camera needs an id");
  const std::string who = "camera " + spec.id + ": ";
  constexpr int kAacRates[] = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  if (spec.audio == AudioCodec::aac && !std::ranges::count(kAacRates, spec.rate))
    return invalid(who + "rate must be one of AAC: 8000, 11025, 12000, 16000, 22050, 24000, 32000, "
                         "44100 or 48000");
  if (spec.auth != Auth::none && (spec.user.empty() || spec.password.empty()))
    return invalid(who + "auth needs user and password");
  if (spec.auth == Auth::none && (!spec.user.empty() || !spec.password.empty()))
    return invalid(who + "user and password need auth: digest-sha256, basic or digest");
  if (spec.bframes > 0 && spec.profile == H264Profile::baseline &&
      std::ranges::count(spec.codecs, config::VideoCodec::h264))
    return invalid(who + "the baseline profile has no B-frames: bframes must be 0");
  if (spec.bframes > 0 && spec.refresh)
    return invalid(who + "intra refresh has no B-frames: bframes must be 0");
  if (spec.refresh && spec.live) return invalid(who + "live has no intra refresh");
  if (spec.bframes > 0 && spec.live)
    return invalid(who + "live has no B-frames: bframes must be 0");
  return Done{};
}

Result<> check_faults(const Faults& faults, const CameraSpec& camera,
                      const std::vector<CameraSpec>& all) {
  const auto find = [&](const std::string& id) {
    return std::ranges::find(all, id, &CameraSpec::id);
  };
  const std::string who = "camera " + camera.id + ": ";
  if (!faults.as.empty() && find(faults.as) == all.end())
    return invalid(who + "as: there is no camera '" + faults.as + "'");
  if (faults.play.empty()) return Done{};
  const auto other = find(faults.play);
  if (other == all.end()) return invalid(who + "play: there is no camera '" + faults.play + "'");
  if (other->live || camera.live || other->codecs != camera.codecs)
    return invalid(who + "play: camera '" + faults.play +
                   "' must have the same codec, and neither camera may be live");
  return Done{};
}

Result<Listen> parse_listen(std::string_view text) {
  const Error error =
      invalid("'" + std::string(text) + "': must be HOST:PORT or [IPV6]:PORT with " +
              "a port from 0 (a free one) to 65535");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return error;
  const auto port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return error;
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.size() < 3 || host.back() != ']') return error;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return error;
  }
  return Listen{std::string(host), *port};
}

Result<CameraSpec> parse_camera(std::string_view text) {
  CameraSpec spec;
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos)
      return invalid("'" + std::string(item) + "': must be KEY=VALUE");
    const std::string_view key = item.substr(0, equals);
    if (!seen.insert(key).second) return invalid("key '" + std::string(key) + "' occurs twice");
    if (auto set = set_key(spec, key, item.substr(equals + 1)); !set) return set.error();
  }
  if (auto checked = check(spec); !checked) return checked.error();
  return spec;
}

Result<std::vector<CameraSpec>> expand(std::vector<CameraSpec> cameras) {
  std::vector<CameraSpec> all;
  std::set<std::string> ids;
  for (CameraSpec& camera : cameras) {
    const int count = std::exchange(camera.count, 1);
    if (camera.name.empty()) camera.name = camera.id;
    for (int i = 1; i <= count; ++i) {
      CameraSpec one = camera;
      if (count > 1) one.id.append(1, '-').append(std::to_string(i));
      if (!ids.insert(one.id).second)
        return invalid("camera id '" + one.id + "' occurs twice: ids must be unique");
      all.push_back(std::move(one));
    }
  }
  for (const CameraSpec& camera : all) {
    if (!camera.faults) continue;
    if (auto checked = check_faults(*camera.faults, camera, all); !checked) return checked.error();
  }
  return all;
}

} // namespace fanlight::camsim
