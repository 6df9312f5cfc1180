#include "http/access_log.h"

#include <string>

#include "base/log.h"
#include "http/address.h"
#include "http/exchange.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

constexpr gint64 kSecond = G_USEC_PER_SEC;
constexpr guint kFirstFailure = 500;

/// The data that the log keeps with each message.
struct Record {
  gint64 begun = 0; ///< Monotonic µs.
  guint answered =
      0; ///< The status that was sent. If the client disconnects, libsoup changes it to 500.
};

GQuark record_quark() {
  static const GQuark quark = g_quark_from_static_string("fanlight-http-record");
  return quark;
}

Record* record_of(SoupServerMessage* message) {
  return static_cast<Record*>(g_object_get_qdata(G_OBJECT(message), record_quark()));
}

/// A 503 for a camera that is not live, or for a limit, is an answer, not a failure; another part
/// logs the reason.
bool is_failure(guint status) {
  return status >= kFirstFailure && status != SOUP_STATUS_SERVICE_UNAVAILABLE &&
         status != SOUP_STATUS_NOT_IMPLEMENTED;
}

std::string request_line(SoupServerMessage* message) {
  GUri* uri = soup_server_message_get_uri(message);
  const char* method = soup_server_message_get_method(message);
  std::string path = uri != nullptr ? g_uri_get_path(uri) : "";
  constexpr std::size_t kMaxPath = 256;
  if (path.size() > kMaxPath) path = path.substr(0, kMaxPath) + "...";
  return std::string{method != nullptr ? method : "?"} + ' ' + path;
}

} // namespace

void AccessLog::begin(SoupServerMessage* message) {
  g_object_set_qdata_full(
      G_OBJECT(message), record_quark(), new Record{g_get_monotonic_time(), 0},
      +[](gpointer record) { delete static_cast<Record*>(record); });
}

void AccessLog::answer(SoupServerMessage* message) {
  if (Record* record = record_of(message))
    record->answered = soup_server_message_get_status(message);
}

void AccessLog::end(SoupServerMessage* message) {
  const gint64 now = g_get_monotonic_time();
  const Record* record = record_of(message);
  const guint status = record != nullptr ? record->answered : 0;
  const Client* kept = Exchange::kept_client(message);
  const std::string client = kept != nullptr && kept->address != kept->peer
                                 ? kept->address
                                 : to_string(soup_server_message_get_remote_address(message));
  const std::string took = record != nullptr ? std::to_string((now - record->begun) / 1000) : "0";
  const std::string line = request_line(message);
  const std::string said = status != 0 ? std::to_string(status) : "none";
  log::debug("http", {{"client", client}, {"status", said}, {"ms", took}}, line);
  if (!is_failure(status)) return;
  if (warned_at_ != 0 && now - warned_at_ < kSecond) {
    ++unsaid_;
    return;
  }
  log::warning(
      "http",
      {{"client", client}, {"status", std::to_string(status)}, {"more", std::to_string(unsaid_)}},
      "a request failed: " + line);
  warned_at_ = now;
  unsaid_ = 0;
}

} // namespace fanlight::http
