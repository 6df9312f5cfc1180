#include "options.h"

#include <array>

#include <getopt.h>
#include <sysexits.h>

namespace fanlight {
namespace {

constexpr std::array kOptions{
    option{"config", required_argument, nullptr, 'f'},
    option{"check-config", no_argument, nullptr, 'c'},
    option{"print-pipeline", required_argument, nullptr, 'p'},
    option{"version", no_argument, nullptr, 'v'},
    option{"help", no_argument, nullptr, 'h'},
    option{nullptr, 0, nullptr, 0},
};

Error misuse(const std::string& what) {
  return {Errc::invalid, what + "; fanlight --help lists what there is"};
}

/// Serving is what is done where nothing else is asked for; two other things are one too many.
bool set_action(Options& options, Options::Action action) {
  if (options.action != Options::Action::serve && options.action != action) return false;
  options.action = action;
  return true;
}

} // namespace

std::string usage() {
  return "Usage: fanlight [--config FILE] [ACTION]\n"
         "Shows RTSP cameras live in web browsers.\n"
         "\n"
         "  --config FILE            the configuration; without it " +
         Options{}.config +
         "\n"
         "\n"
         "Instead of serving:\n"
         "  --check-config           say whether the configuration and the cameras that were\n"
         "                           added in the page are right, and what is wrong\n"
         "  --print-pipeline CAMERA  print the gst-launch-1.0 line that equals a camera's "
         "pipeline\n"
         "  --version                print the version\n"
         "  --help                   print this\n"
         "\n"
         "SIGHUP reads the configuration again, as does any change of the file; SIGTERM says\n"
         "goodbye to viewers and ends.\n"
         "\n"
         "Exit codes: 0 done, 64 wrong usage, 66 no such file or camera, 69 an address is taken,\n"
         "70 a library failed or is missing, 78 wrong configuration.\n";
}

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  optind = 0; // Starts over, should this not be the first command line of the process.
  opterr = 0;
  // "+": what is no option ends the options; ":": a missing argument is told apart.
  for (int c = 0; (c = getopt_long(argc, argv, "+:", kOptions.data(), nullptr)) != -1;) {
    // What getopt stopped at is the word before the next.
    const std::string word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    bool single = true;
    switch (c) {
    case 'f': options.config = optarg; break;
    case 'c': single = set_action(options, Options::Action::check_config); break;
    case 'p':
      single = set_action(options, Options::Action::print_pipeline);
      options.camera = optarg;
      break;
    case 'v': single = set_action(options, Options::Action::version); break;
    case 'h': single = set_action(options, Options::Action::help); break;
    case ':': return misuse(word + " needs a value after it");
    default: return misuse(word + " is no option, or takes no value");
    }
    if (!single) return misuse(word + " cannot go with the action before it");
  }
  if (optind < argc) return misuse(std::string("\"") + argv[optind] + "\" is no option");
  if (options.config.empty()) return misuse("--config needs the name of a file");
  return options;
}

int exit_code(Errc code) {
  switch (code) {
  case Errc::invalid: return EX_CONFIG;
  case Errc::not_found: return EX_NOINPUT;
  case Errc::busy: return EX_TEMPFAIL;
  case Errc::unavailable: return EX_UNAVAILABLE;
  case Errc::no_stream:
  case Errc::unsupported:
  case Errc::conflict:
  case Errc::internal: return EX_SOFTWARE;
  }
  return EX_SOFTWARE;
}

} // namespace fanlight
