#include "cert.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/words.h"
#include "http/self_signed.h"
#include "options.h"

namespace fanlight {
namespace {

namespace filesystem = std::filesystem;

/// Apple's devices accept no more.
constexpr int kDays = 825;
constexpr mode_t kForAll = 0644;
constexpr mode_t kForOwner = 0600;

constexpr const char* kUsage =
    "Usage: fanlight cert self-signed [--replace] FOLDER [NAME...]\n"
    "Makes a certificate for HTTPS that signs itself, FOLDER/fanlight.crt, and its key,\n"
    "FOLDER/fanlight.key, which only its owner can read: run the command as the server's user.\n"
    "The certificate is for this machine's name and addresses, and for each NAME (a host name or\n"
    "an address). It is valid for 825 days. Browsers ask once whether to trust it.\n"
    "\n"
    "  --replace  replace the files if they exist; a running server uses the new ones at once\n";

struct Wish {
  bool replaces = false;
  std::string folder;
  std::vector<std::string> names;
};

Result<Done> write_new(const filesystem::path& path, const std::string& text, mode_t mode) {
  unlink(path.c_str());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool written = file >= 0 && fchmod(file, mode) == 0 &&
                       write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  const std::string why = std::strerror(errno);
  if (file >= 0) close(file);
  if (written) return Done{};
  unlink(path.c_str());
  return Error{Errc::internal, "writing " + path.string() + ": " + why +
                                   "; the folder must exist and be writable for this user"};
}

/// Both files or none: a server that watches them must not see a key of another certificate for
/// long.
Result<Done> write_pair(const filesystem::path& folder, const http::SelfSigned& made) {
  const filesystem::path key = folder / "fanlight.key";
  const filesystem::path certificate = folder / "fanlight.crt";
  const std::string key_draft = key.string() + ".new";
  const std::string certificate_draft = certificate.string() + ".new";
  if (auto written = write_new(key_draft, made.key, kForOwner); !written) return written;
  auto written = write_new(certificate_draft, made.certificate, kForAll);
  std::error_code failure;
  if (written) filesystem::rename(key_draft, key, failure);
  if (written && !failure) filesystem::rename(certificate_draft, certificate, failure);
  if (written && !failure) return Done{};
  unlink(key_draft.c_str());
  unlink(certificate_draft.c_str());
  if (!written) return written;
  return Error{Errc::internal, "writing " + certificate.string() + ": " + failure.message()};
}

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "fanlight: %s\n", message.c_str());
  return code;
}

int self_signed(const Wish& wish) {
  std::error_code failure;
  const filesystem::path folder = filesystem::absolute(wish.folder, failure);
  if (!filesystem::is_directory(folder, failure))
    return fail(EX_NOINPUT, wish.folder + " is no folder; make it first: mkdir " + wish.folder);
  for (const char* name : {"fanlight.crt", "fanlight.key"})
    if (!wish.replaces && filesystem::exists(folder / name, failure))
      return fail(EX_CANTCREAT, (folder / name).string() + " exists; to replace it, add --replace");
  std::vector<std::string> names = http::names_of_this_machine();
  names.insert(names.begin(), wish.names.begin(), wish.names.end());
  const auto made = http::make_self_signed(names, kDays);
  if (!made) return fail(exit_code(made.error().code), made.error().message);
  if (const auto written = write_pair(folder, *made); !written)
    return fail(EX_CANTCREAT, written.error().message);
  const std::string certificate = (folder / "fanlight.crt").lexically_normal().string();
  const std::string key = (folder / "fanlight.key").lexically_normal().string();
  std::printf("The certificate is valid for %d days, for: %s\n"
              "SHA-256 fingerprint: %s\n"
              "To use it, write into the configuration:\n"
              "\n"
              "server:\n"
              "  tls:\n"
              "    certificate: %s\n"
              "    key: %s\n",
              kDays, join(names).c_str(), made->fingerprint.c_str(), certificate.c_str(),
              key.c_str());
  return EX_OK;
}

} // namespace

int cert_command(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words == std::vector<std::string>{"--help"}) return std::fputs(kUsage, stdout), EX_OK;
  if (words.empty() || words.front() != "self-signed")
    return fail(EX_USAGE, "write fanlight cert self-signed FOLDER; fanlight cert --help says more");
  Wish wish;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--replace")
      wish.replaces = true;
    else if (words[i].starts_with('-'))
      return fail(EX_USAGE, words[i] + " is not an option; fanlight cert --help lists them");
    else if (wish.folder.empty())
      wish.folder = words[i];
    else
      wish.names.push_back(words[i]);
  }
  if (wish.folder.empty())
    return fail(EX_USAGE, "fanlight cert self-signed needs a folder to write the files into");
  return self_signed(wish);
}

} // namespace fanlight
