#include "http/tls_certificate.h"

#include <chrono>
#include <ctime>
#include <utility>

#include <glib.h>

#include "base/log.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

constexpr std::chrono::hours kDay{24};
/// Remaining validity below which a warning is due: the usual programs renew a certificate a month
/// before its end.
constexpr std::int64_t kWarnSeconds = 14 * std::int64_t{86'400};

std::string day_of(std::int64_t seconds) {
  const Owned<GDateTime, g_date_time_unref> time{g_date_time_new_from_unix_utc(seconds)};
  return time ? take_text(g_date_time_format(time.get(), "%Y-%m-%d")) : "an unknown day";
}

/// Empty for a file that cannot be read.
std::string content_of(const std::string& file) {
  gchar* text = nullptr;
  gsize size = 0;
  if (!g_file_get_contents(file.c_str(), &text, &size, nullptr)) return {};
  const OwnedText owned{text};
  return {text, size};
}

/// A digest, so that the key is in memory only where OpenSSL keeps it.
std::string digest_of(const TlsFiles& files) {
  const std::string both = content_of(files.certificate) + '\n' + content_of(files.key);
  return take_text(g_compute_checksum_for_string(G_CHECKSUM_SHA256, both.data(),
                                                 static_cast<gssize>(both.size())));
}

} // namespace

Result<std::unique_ptr<TlsCertificate>> TlsCertificate::create(TlsFiles files) {
  auto context = read_tls_files(files);
  if (!context) return context.error();
  return std::unique_ptr<TlsCertificate>{
      new TlsCertificate(std::move(files), std::move(context).value())};
}

TlsCertificate::TlsCertificate(TlsFiles files, TlsContext context)
    : files_(std::move(files)), current_(std::move(context)), seen_(digest_of(files_)),
      certificate_watch_(files_.certificate, [this] { on_changed(); }),
      key_watch_(files_.key, [this] { on_changed(); }) {
  check_end();
  daily_.every(kDay, [this] { check_end(); });
}

void TlsCertificate::on_changed() {
  // The other file may still be on its way; its watch calls again.
  if (!certificate_watch_.settled() || !key_watch_.settled()) return;
  if (digest_of(files_) != seen_) renew();
}

void TlsCertificate::renew() {
  std::string digest = digest_of(files_);
  if (digest == seen_ && !wrong_) return;
  seen_ = std::move(digest);
  auto context = read_tls_files(files_);
  wrong_ = !context;
  if (wrong_)
    return log::error("http", {},
                      "the server keeps its previous certificate: " + context.error().message);
  current_ = std::move(context).value();
  log::info("http", {{"file", files_.certificate}},
            "the server uses the renewed certificate, which is valid until " +
                day_of(current_.expires));
  check_end();
}

void TlsCertificate::check_end() const {
  const std::int64_t left = current_.expires - std::time(nullptr);
  if (left > kWarnSeconds) return;
  const std::string end = day_of(current_.expires);
  log::warning("http", {{"file", files_.certificate}},
               left < 0 ? "the certificate has been invalid since " + end +
                              "; browsers refuse to connect until you replace the file"
                        : "the certificate is valid only until " + end +
                              "; replace the file before, or browsers will refuse to connect");
}

} // namespace fanlight::http
