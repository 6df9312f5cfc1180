#include "rtsp/setup_answers.h"

#include <charconv>
#include <string_view>

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>

namespace fanlight::rtsp {
namespace {

constexpr int kMostChannel = 255;
constexpr int kMostPort = 65535;
constexpr int kMostTtl = 255;

using Range = Transport::Range;

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
  const std::string address{text};
  in_addr v4{};
  in6_addr v6{};
  const bool usable =
      inet_pton(AF_INET, address.c_str(), &v4) == 1
          ? v4.s_addr != INADDR_ANY
          : inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6) == 0;
  return usable ? address : std::string{};
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

Transport parse_transport(const std::string& header) {
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

std::string to_string(const Transport& transport) {
  if (transport.tcp)
    return transport.profile + "/TCP;unicast" + text_of("interleaved", transport.interleaved);
  if (transport.multicast)
    return transport.profile + ";multicast" + text_of("destination", transport.destination) +
           text_of("port", transport.port) +
           (transport.ttl ? ";ttl=" + std::to_string(transport.ttl->first) : "") +
           text_of("source", transport.source);
  return transport.profile + ";unicast" + text_of("client_port", transport.client_port) +
         text_of("server_port", transport.server_port) + text_of("source", transport.source);
}

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

Transport SetupAnswers::agree(const Transport& requested, const Transport& answered) {
  Transport agreed_on = answered;
  agreed_on.profile = requested.profile;
  agreed_on.tcp = requested.tcp || answered.tcp || answered.interleaved;
  if (agreed_on.tcp)
    agreed_on.interleaved =
        agreed(requested.interleaved.value_or(answered.interleaved.value_or(Channels{0, 1})),
               answered.interleaved);
  agreed_on.multicast = !agreed_on.tcp && (requested.multicast || answered.multicast);
  agreed_on.client_port = requested.client_port;
  return agreed_on;
}

std::string SetupAnswers::mended(const std::string& requested, const std::string& answered) {
  return to_string(agree(parse_transport(requested), parse_transport(answered)));
}

} // namespace fanlight::rtsp
