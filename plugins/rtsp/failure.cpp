#include "rtsp/failure.h"

#include <array>
#include <utility>

namespace fanlight::rtsp {
namespace {

using Kind = Failure::Kind;

constexpr std::array kNames{std::pair{Kind::unreachable, "unreachable"},
                            std::pair{Kind::broken, "broken"},
                            std::pair{Kind::closed, "closed"},
                            std::pair{Kind::mute, "mute"},
                            std::pair{Kind::no_datagrams, "no-datagrams"},
                            std::pair{Kind::late, "late"},
                            std::pair{Kind::foreign, "foreign"},
                            std::pair{Kind::long_head, "long-head"},
                            std::pair{Kind::long_body, "long-body"},
                            std::pair{Kind::much_talk, "much-talk"},
                            std::pair{Kind::much_media, "much-media"},
                            std::pair{Kind::refused, "refused"},
                            std::pair{Kind::description, "description"},
                            std::pair{Kind::redirection, "redirection"},
                            std::pair{Kind::redirections, "redirections"},
                            std::pair{Kind::handshake, "handshake"},
                            std::pair{Kind::certificate, "certificate"},
                            std::pair{Kind::encrypted, "encrypted"}};

} // namespace

std::string_view name_of(Kind kind) {
  for (const auto& [known, name] : kNames)
    if (known == kind) return name;
  return {};
}

Kind kind_named(std::string_view name) {
  for (const auto& [kind, known] : kNames)
    if (known == name) return kind;
  return Kind::none;
}

} // namespace fanlight::rtsp
