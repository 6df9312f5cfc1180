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
  return {Errc::invalid, what + "; fanlight --help lists the options"};
}

/// Sets the action; false if another action was given before.
bool set_action(Options& options, Options::Action action) {
  if (options.action != Options::Action::serve && options.action != action) return false;
  options.action = action;
  return true;
}

} // namespace

std::string usage() {
  return "Usage: fanlight [--config FILE] [ACTION]\n"
         "       fanlight cert self-signed FOLDER [NAME...]\n"
         "Shows RTSP cameras live in web browsers.\n"
         "\n"
         "  --config FILE            read this configuration instead of\n"
         "                           " +
         Options{}.config +
         "\n"
         "\n"
         "Without an action, fanlight runs the server. Actions:\n"
         "  --check-config           check the configuration and the cameras that were added in\n"
         "                           the page, and report errors\n"
         "  --print-pipeline CAMERA  print a gst-launch-1.0 command that is equivalent to the\n"
         "                           pipeline of this camera; it contains the camera's password\n"
         "  --version                print the version\n"
         "  --help                   print this text\n"
         "\n"
         "On SIGHUP and whenever the file changes, the server reads the configuration again.\n"
         "On SIGTERM, it closes the viewers' sessions and exits.\n"
         "\n"
         "Exit codes: 0 success, 64 wrong usage, 66 file or camera not found, 69 address in use,\n"
         "70 a library failed or is missing, 78 invalid configuration.\n";
}

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  optind = 0; // Starts over, in case the process has parsed another command line before.
  opterr = 0;
  // "+": the first word that is not an option ends the options; ":": reports a missing argument
  // separately.
  for (int c = 0; (c = getopt_long(argc, argv, "+:", kOptions.data(), nullptr)) != -1;) {
    // The word before optind is the one that getopt has read.
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
    case ':': return misuse(word + " needs a value");
    default: return misuse(word + " is not an option, or takes no value");
    }
    if (!single) return misuse(word + " cannot be combined with the action before it");
  }
  if (optind < argc) return misuse(std::string("\"") + argv[optind] + "\" is not an option");
  if (options.config.empty()) return misuse("--config needs a file name");
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
