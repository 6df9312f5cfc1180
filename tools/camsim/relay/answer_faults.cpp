#include "camsim/relay/answer_faults.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace fanlight::camsim {
namespace {

const std::regex kChannels{";interleaved=(\\d+)-(\\d+)"};
/// How far the named channels are from those in use.
constexpr int kAway = 20;

std::string spoil_transport(const std::string& transport, const std::set<std::string>& faults) {
  std::smatch found;
  if (!std::regex_search(transport, found, kChannels)) return transport;
  std::string channels = found.str();
  if (faults.contains("no_interleaved")) channels.clear();
  if (faults.contains("same_channels")) channels = ";interleaved=0-1";
  if (faults.contains("other_channels"))
    channels = ";interleaved=" + std::to_string(std::stoi(found[1]) + kAway) + "-" +
               std::to_string(std::stoi(found[2]) + kAway);
  std::string out = found.prefix().str() + channels + found.suffix().str();
  if (faults.contains("spaced_transport"))
    out = std::regex_replace(out, std::regex{";"}, "; ") + "; Mode=\"PLAY\"; X-Make=odd";
  return out;
}

/// The names of headers and parameters as hardly anybody writes them.
std::string odd_case(const std::string& head) {
  std::string out;
  std::size_t at = 0;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    std::string line = head.substr(at, end - at);
    const std::size_t name = at == 0 ? line.find('/') : line.find(':');
    for (std::size_t i = 0; i < std::min(name, line.size()); ++i)
      line[i] =
          static_cast<char>(at == 0 || i % 2 == 0 ? std::tolower(line[i]) : std::toupper(line[i]));
    if (const auto timeout = line.find("timeout="); timeout != line.npos)
      line.replace(timeout, 8, " Timeout = ");
    out += line + "\r\n";
    at = end + 2;
  }
  return out;
}

} // namespace

void spoil_answer(RtspMessage& answer, const std::string& method,
                  const std::set<std::string>& faults) {
  if (method == "SETUP") {
    const std::string transport = spoil_transport(answer.header("Transport"), faults);
    if (faults.contains("no_transport"))
      answer.remove_header("Transport");
    else if (!transport.empty())
      answer.set_header("Transport", transport);
  }
  if (faults.contains("no_cseq")) answer.remove_header("CSeq");
  if (faults.contains("odd_case")) answer.head = odd_case(answer.head);
  if (faults.contains("line_feeds")) std::erase(answer.head, '\r');
}

} // namespace fanlight::camsim
