#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "load/net/http.h"
#include "run.h"

namespace fanlight::load {

/// The command line, as plain values.
struct Options {
  enum class Action { run, commands, version, help };
  Action action = Action::run;
  std::vector<Url> urls;
  bool janus = false;                     ///< The URL is that of Janus' API.
  std::vector<std::uint64_t> mountpoints; ///< Mountpoints of Janus to watch.
  Plan plan;
  Settings settings;
  Http::Options http;
  std::string srtp = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"; ///< In OpenSSL's notation.
  bool quiet = false;                                                ///< No progress on stderr.
  std::string json; ///< The file; empty: none, "-": stdout.
};

/// The text of --help.
std::string usage();

/// Reads the command line. Errc::invalid says what is wrong and refers to --help.
Result<Options> parse_options(int argc, char** argv);

} // namespace fanlight::load
