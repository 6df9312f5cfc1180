#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include "mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// There where a sanitizer is.
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

using fanlight::fuzz::Input;
using fanlight::fuzz::Mutator;

// What a target is given now, so that it outlives the target's death.
const std::uint8_t* input_data = nullptr;
std::size_t input_size = 0;
char crash_path[4096] = "crash";

/// Only what a signal handler may call.
void save_input() {
  const int file = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const bool saved =
      file >= 0 && write(file, input_data, input_size) == static_cast<ssize_t>(input_size);
  const char* const text = saved ? "\nthe input is in " : "\nthe input could not be written to ";
  for (const char* const part : {text, static_cast<const char*>(crash_path), "\n"})
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
}

void on_signal(int signal) {
  save_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// A sanitizer tells more of a fault than the signal does, so it keeps the signals it takes.
void watch_for_crashes() {
  std::signal(SIGABRT, on_signal);
  std::signal(SIGPROF, on_signal); // An input without end.
  if (__sanitizer_set_death_callback) {
    __sanitizer_set_death_callback(save_input);
    return;
  }
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_signal);
}

void run(const std::uint8_t* data, std::size_t size) {
  // In a block of its own and exact size, so that a sanitizer sees what is read behind it.
  const std::vector<std::uint8_t> exact(data, data + size);
  input_data = exact.data();
  input_size = exact.size();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::vector<Input> read_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) paths.push_back(entry.path());
  // A seed is to give the same everywhere.
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// How many mutations are tried: so many, or as many as there is time for.
struct Amount {
  std::size_t runs = 0;
  std::chrono::seconds time{0};
};

/// Ends the program if it computes for so long; what others do meanwhile does not count.
void limit_processor_time(std::chrono::seconds limit) {
  itimerval timer{};
  timer.it_value.tv_sec = limit.count();
  setitimer(ITIMER_PROF, &timer, nullptr);
}

void run_mutations(const std::vector<Input>& corpus, std::uint64_t seed, const Amount& amount) {
  constexpr std::chrono::seconds kHang{60};
  std::printf("--seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  Mutator mutator(corpus, seed);
  std::size_t runs = 0;
  const auto end = std::chrono::steady_clock::now() + amount.time;
  while (runs < amount.runs || std::chrono::steady_clock::now() < end) {
    limit_processor_time(kHang);
    for (int i = 0; i < 100; ++i, ++runs) {
      const Input& input = mutator.next();
      run(input.data(), input.size());
    }
  }
  limit_processor_time({});
  std::printf("%zu mutations\n", runs);
}

} // namespace

/// Stands in for libFuzzer where the compiler has none: runs over every file of the folders given,
/// whole and cut short; then over mutations of them, with --runs N so many of them, with --seconds
/// N for as long (--seed N: those of an earlier run). The input of a crash is saved beside the
/// program.
int main(int argc, char** argv) {
  Amount amount;
  std::uint64_t seed = std::random_device{}();
  std::vector<Input> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--runs" && i + 1 < argc) {
      amount.runs = std::strtoul(argv[++i], nullptr, 10);
    } else if (argument == "--seconds" && i + 1 < argc) {
      amount.time = std::chrono::seconds{std::strtoul(argv[++i], nullptr, 10)};
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      for (auto& input : read_folder(argv[i])) corpus.push_back(std::move(input));
    }
  }
  std::snprintf(crash_path, sizeof crash_path, "%s.crash", argv[0]);
  watch_for_crashes();
  for (const Input& input : corpus) {
    for (std::size_t size = 0; size < input.size(); size += 13) run(input.data(), size);
    run(input.data(), input.size());
  }
  std::printf("%zu files\n", corpus.size());
  if (corpus.empty()) return 1;
  if (amount.runs > 0 || amount.time.count() > 0) run_mutations(corpus, seed, amount);
  return 0;
}
