#pragma once

#include <string>
#include <string_view>

#include "rtsp/description.h"
#include "rtsp/login.h"
#include "rtsp/redirection.h"

namespace fanlight::rtsp {

/// Why a connection to a camera failed or ended.
struct Failure {
  enum class Kind {
    none,
    unreachable,  ///< No address of the host answers.
    broken,       ///< The system reports an error of the connection.
    closed,       ///< The camera closed the connection.
    mute,         ///< The camera does not answer.
    no_datagrams, ///< The camera plays, but no packets arrive over UDP.
    late,         ///< A message began and does not end.
    foreign,      ///< What came is no RTSP; `text` is its beginning, if it is one.
    long_head,    ///< A message exceeds a limit of the Reader.
    long_body,
    much_talk, ///< Messages before it played.
    much_media,
    refused,      ///< Answered with `status`.
    description,  ///< It has `excess`.
    redirection,  ///< It has a fault.
    redirections, ///< Too many of them.
    handshake,    ///< The camera speaks no TLS, or none that is accepted.
    certificate,  ///< Rejected.
    encrypted,    ///< The media chosen are SRTP, or another transport that is not read.
  };
  Kind kind = Kind::none;
  std::string method;   ///< Of the request under way; empty: none was.
  bool shaking = false; ///< It ended while TLS began.
  int status = 0;
  Login::Verdict verdict = Login::Verdict::answered; ///< For a 401.
  bool sound = false;                                ///< The refused request was SETUP of sound.
  Excess excess = Excess::none;
  Redirection redirection;
  std::string text;
};

/// The name of a kind, which messages of elements use.
std::string_view name_of(Failure::Kind kind);
/// None for a name that is unknown.
Failure::Kind kind_named(std::string_view name);

} // namespace fanlight::rtsp
