#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>

#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "report.h"

namespace {

using namespace fanlight;
using namespace fanlight::load;

int refuse(int code, const std::string& why) {
  std::cerr << "fanlight-load: " << why << "\n";
  return code;
}

/// Raises the limit of descriptors: one socket per viewer, and those of HTTP.
std::string raise_file_limit(std::size_t viewers) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t wanted = viewers + 1024;
  if (limit.rlim_cur >= wanted) return {};
  // Privileged users may exceed the hard limit.
  const rlimit all{wanted, std::max(limit.rlim_max, wanted)};
  if (setrlimit(RLIMIT_NOFILE, &all) == 0) return {};
  const rlimit most{limit.rlim_max, limit.rlim_max};
  if (limit.rlim_max >= wanted && setrlimit(RLIMIT_NOFILE, &most) == 0) return {};
  return "the limit of open files is " + std::to_string(limit.rlim_max) + ", but " +
         std::to_string(wanted) + " are needed: raise it (ulimit -n)";
}

Result<std::vector<Target>> find_targets(const Options& options) {
  std::vector<Target> targets;
  for (const Url& url : options.urls) {
    const auto target = Target::find(url);
    if (!target) return target.error();
    if (!options.settings.any_address && !target->server.is_near())
      return Error{Errc::conflict,
                   url.host + " is neither on this machine nor in a private network; if you "
                              "may load that server, add --i-own-this-server"};
    if (options.mountpoints.empty()) targets.push_back(*target);
    for (const std::uint64_t mountpoint : options.mountpoints) {
      targets.push_back(*target);
      targets.back().mountpoint = mountpoint;
    }
  }
  return targets;
}

int exit_code(const Findings& findings) {
  if (findings.first.joined == 0) return EX_UNAVAILABLE;
  const bool all = findings.first.joined == findings.first.started &&
                   findings.storms.joined == findings.storms.started && findings.ended.empty();
  return all ? EX_OK : EXIT_FAILURE;
}

int run(const Options& options, const std::vector<Target>& targets) {
  Loop loop;
  Http http{loop, options.http};
  const Identity identity{options.srtp};
  Findings findings;
  Company company{loop, http, identity, options.settings, findings};
  if (options.action == Options::Action::commands) {
    Commands{company, targets}.run();
    return EX_OK;
  }
  const Outcome outcome = Run{company, targets, options.plan, !options.quiet}.run();
  if (options.json == "-")
    std::cout << write_json(options, outcome);
  else
    std::cout << write_table(options, outcome);
  if (!options.json.empty() && options.json != "-") {
    std::ofstream file{options.json};
    file << write_json(options, outcome);
    if (!file.flush()) return refuse(EX_CANTCREAT, "cannot write " + options.json);
  }
  return exit_code(outcome.findings);
}

} // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) return refuse(EX_USAGE, options.error().message);
  if (options->action == Options::Action::help) {
    std::cout << usage();
    return EX_OK;
  }
  if (options->action == Options::Action::version) {
    std::cout << "fanlight-load " FANLIGHT_VERSION "\n";
    return EX_OK;
  }
  std::signal(SIGPIPE, SIG_IGN); // Writes report a broken connection themselves.
  if (const auto trouble = raise_file_limit(options->plan.viewers); !trouble.empty())
    return refuse(EX_OSERR, trouble);
  const auto targets = find_targets(*options);
  if (!targets)
    return refuse(targets.error().code == Errc::conflict ? EX_NOPERM : EX_NOHOST,
                  targets.error().message);
  return run(*options, *targets);
}
