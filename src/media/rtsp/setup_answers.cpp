#include "media/rtsp/setup_answers.h"

#include <charconv>
#include <string_view>

#include <gio/gio.h>

#include "gst/ref.h"

namespace fanlight::media {
namespace {

constexpr int kMostChannel = 255;
constexpr int kMostPort = 65535;
constexpr int kMostTtl = 255;

using Range = std::optional<std::pair<int, int>>;

/// What one Transport header says, without what no client needs.
struct Transport {
  std::string profile = "RTP/AVP"; ///< Without the lower transport.
  bool tcp = false;
  bool multicast = false;
  Range interleaved;
  Range client_port;
  Range server_port;
  Range port;
  Range ttl;
  std::string source;
  std::string destination;
};

std::string_view trimmed(std::string_view text) {
  constexpr const char* kBlank = " \t\"";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = g_ascii_tolower(c);
  return out;
}

/// "4-5", "4 - 5" or "4", which stands for "4-5". Empty: it is none, or exceeds `most`.
Range range_of(std::string_view text, int least, int most) {
  const auto number = [&](std::string_view digits) -> std::optional<int> {
    int value = 0;
    digits = trimmed(digits);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    return value >= least && value <= most ? std::optional{value} : std::nullopt;
  };
  const auto dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  if (!first) return {};
  const auto second = dash == std::string_view::npos ? std::nullopt : number(text.substr(dash + 1));
  return std::pair{*first, second.value_or(*first + 1)};
}

/// The next part of `text` up to `separator`, which is taken off.
std::string_view take_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = trimmed(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

/// The address, if it is one that packets can be sent to; otherwise empty.
std::string address_of(std::string_view text) {
  const auto address =
      Ref<GInetAddress>::adopt(g_inet_address_new_from_string(std::string{text}.c_str()));
  return address && g_inet_address_get_is_any(address.get()) == 0 ? std::string{text}
                                                                  : std::string{};
}

/// The first transport of a Transport header, in any case and with any blanks.
Transport parse(const std::string& header) {
  Transport transport;
  std::string_view rest{header};
  rest = rest.substr(0, rest.find(','));
  std::string_view words = take_part(rest, ';');
  const std::string protocol = lower(take_part(words, '/'));
  const std::string profile = lower(take_part(words, '/'));
  if (protocol == "rtp" && (profile == "savp" || profile == "avpf" || profile == "savpf"))
    transport.profile = "RTP/" + std::string{profile == "savp"   ? "SAVP"
                                             : profile == "avpf" ? "AVPF"
                                                                 : "SAVPF"};
  transport.tcp = lower(trimmed(words)) == "tcp";
  while (!rest.empty()) {
    std::string_view value = take_part(rest, ';');
    const std::string name = lower(take_part(value, '='));
    value = trimmed(value);
    if (name == "multicast") transport.multicast = true;
    if (name == "interleaved") transport.interleaved = range_of(value, 0, kMostChannel);
    if (name == "client_port") transport.client_port = range_of(value, 1, kMostPort);
    if (name == "server_port") transport.server_port = range_of(value, 1, kMostPort);
    if (name == "port") transport.port = range_of(value, 1, kMostPort);
    if (name == "ttl") transport.ttl = range_of(value, 0, kMostTtl);
    if (name == "source") transport.source = address_of(value);
    if (name == "destination") transport.destination = address_of(value);
  }
  return transport;
}

std::string text_of(const char* name, const Range& range) {
  if (!range) return {};
  return std::string{";"} + name + "=" + std::to_string(range->first) + "-" +
         std::to_string(range->second);
}

std::string text_of(const char* name, const std::string& value) {
  return value.empty() ? std::string{} : std::string{";"} + name + "=" + value;
}

} // namespace

std::array<std::uint8_t, 256> SetupAnswers::straight() {
  std::array<std::uint8_t, 256> same{};
  for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<std::uint8_t>(i);
  return same;
}

SetupAnswers::Channels SetupAnswers::agreed(const Channels& requested,
                                            const std::optional<Channels>& answered) {
  const bool usable = answered && !taken_.contains(answered->first) &&
                      answered->second <= kMostChannel && answered->first != answered->second;
  const Channels channels = usable ? *answered : requested;
  for (const auto& [asked, used] :
       {std::pair{requested.first, channels.first}, std::pair{requested.second, channels.second}}) {
    // What a camera names takes precedence over what it might use instead.
    routes_[static_cast<std::uint8_t>(used)] = static_cast<std::uint8_t>(used);
    if (!taken_.contains(asked))
      routes_[static_cast<std::uint8_t>(asked)] = static_cast<std::uint8_t>(used);
  }
  taken_.insert({channels.first, channels.second});
  return channels;
}

std::string SetupAnswers::mended(const std::string& requested, const std::string& answered) {
  const Transport asked = parse(requested);
  const Transport given = parse(answered);
  if (asked.tcp || given.tcp || given.interleaved)
    return asked.profile + "/TCP;unicast" +
           text_of(
               "interleaved",
               Range{agreed(asked.interleaved.value_or(given.interleaved.value_or(Channels{0, 1})),
                            given.interleaved)});
  if (asked.multicast || given.multicast)
    return asked.profile + ";multicast" + text_of("destination", given.destination) +
           text_of("port", given.port) +
           (given.ttl ? ";ttl=" + std::to_string(given.ttl->first) : "") +
           text_of("source", given.source);
  return asked.profile + ";unicast" + text_of("client_port", asked.client_port) +
         text_of("server_port", given.server_port) + text_of("source", given.source);
}

} // namespace fanlight::media
