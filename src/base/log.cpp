#include "base/log.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <vector>

#include <gst/gst.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/log_limit.h"
#include "base/log_line.h"

namespace fanlight::log {
namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

std::atomic<Level> g_level{Level::info};
std::atomic<Format> g_format{Format::text};
/// Keeps lines whole on stderr: a pipe splits long writes.
std::mutex g_stderr_mutex;

void write_stderr(std::string line) {
  line += '\n';
  const std::lock_guard lock(g_stderr_mutex);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written > 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return; // Closed, or full and non-blocking: the error cannot be reported anywhere.
  }
}

int priority(Level level) {
  switch (level) {
  case Level::error: return LOG_ERR;
  case Level::warning: return LOG_WARNING;
  case Level::info: return LOG_INFO;
  case Level::debug: return LOG_DEBUG;
  }
  return LOG_INFO;
}

void write_journal(const Event& event) {
  std::vector<std::string> texts{
      "MESSAGE=" + plain_line(event), "PRIORITY=" + std::to_string(priority(event.level)),
      "SYSLOG_IDENTIFIER=fanlight", journal_name("category") + '=' + escaped(event.category)};
  for (const Field& field : event.fields)
    texts.push_back(journal_name(field.key) + '=' + plain_value(field.value, event.caps.field));
  std::vector<iovec> parts;
  parts.reserve(texts.size());
  for (std::string& text : texts) parts.push_back({text.data(), text.size()});
  if (sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) < 0)
    write_stderr(text_line(event));
}

void emit(Level level, std::string_view category, std::span<const Field> fields,
          std::string_view message, Caps caps) {
  const Event event{std::chrono::system_clock::now(), level, category, fields, message, caps};
  switch (g_format.load(std::memory_order_relaxed)) {
  case Format::text: return write_stderr(text_line(event));
  case Format::json: return write_stderr(json_line(event));
  case Format::journald: return write_journal(event);
  }
}

/// "pay0:src" for a pad, the name of any other GStreamer object, else its type.
std::string object_name(GObject* object) {
  if (object == nullptr) return {};
  // Reads names without the object's lock, like GStreamer's own log function: the thread that logs
  // may hold the lock.
  const auto name = [](gpointer of) {
    const char* text = GST_OBJECT_NAME(of);
    return std::string(text != nullptr ? text : "?");
  };
  if (GST_IS_PAD(object)) {
    GstObject* parent = GST_OBJECT_PARENT(object);
    return (parent != nullptr ? name(parent) + ':' : std::string()) + name(object);
  }
  return GST_IS_OBJECT(object) ? name(object) : G_OBJECT_TYPE_NAME(object);
}

/// Never destroyed: libraries may write while the process exits.
Limiter& limiter() {
  static auto* const limiter = new Limiter;
  return *limiter;
}

/// Of lines whose number is reported elsewhere: it sums up nothing.
Limiter& posted_limiter() {
  static auto* const limiter = new Limiter;
  return *limiter;
}

/// Whether GST_ELEMENT_ERROR or GST_ELEMENT_WARNING wrote the line; both also post a message.
bool is_posted(std::string_view text) {
  return text.starts_with("error: ") || text.starts_with("warning: ");
}

std::atomic<bool> g_will_sum_up{false};

/// Whether to write a line. The lines left out are reported later, even if no further line comes.
bool pass(Place place, Rate rate, Level level, std::string_view category,
          std::string_view message) {
  constexpr guint kPeriod = 10; // Seconds.
  if (limiter().pass(place, rate, level, category, message, g_get_monotonic_time())) return true;
  if (!g_will_sum_up.exchange(true))
    g_timeout_add_seconds(
        kPeriod,
        +[](gpointer) -> gboolean {
          sum_up();
          return G_SOURCE_REMOVE;
        },
        nullptr);
  return false;
}

bool g_gst_unlimited = false;

/// GStreamer's levels describe the problem of one element. Whether an operator must act is up to
/// the owner of the pipeline, so none of these lines is an error.
Level level_of(GstDebugLevel level) {
  if (level <= GST_LEVEL_WARNING) return Level::warning;
  return level <= GST_LEVEL_INFO ? Level::info : Level::debug;
}

void on_gst_message(GstDebugCategory* category, GstDebugLevel level, const char* file,
                    const char* function, int line, GObject* object, GstDebugMessage* message,
                    gpointer) {
  // GStreamer has already compared the level with its thresholds.
  const std::string name = std::string("gst/") + gst_debug_category_get_name(category);
  const char* text = gst_debug_message_get(message);
  if (text == nullptr) text = "";
  if (!g_gst_unlimited && is_posted(text) &&
      !posted_limiter().pass({file, static_cast<unsigned>(line)}, kPostedRate, level_of(level),
                             name, text, g_get_monotonic_time()))
    return;
  if (!g_gst_unlimited && !pass({"gst", 0}, kLibraryRate, level_of(level), name, text)) return;
  const std::string_view path = file;
  const auto slash = path.rfind('/');
  const std::vector<Field> fields{
      {"object", object_name(object)},
      {"at", std::string(slash == path.npos ? path : path.substr(slash + 1)) + ':' +
                 std::to_string(line) + ':' + function}};
  emit(level_of(level), name, std::span(fields).subspan(object == nullptr ? 1 : 0), text,
       g_gst_unlimited ? kLong : kShort);
}

/// Messages of GLib, libsoup and libnice.
GLogWriterOutput on_glib_message(GLogLevelFlags flags, const GLogField* fields, gsize count,
                                 gpointer) {
  std::string domain = "glib";
  std::string message;
  for (gsize i = 0; i < count; ++i) {
    const std::string_view key = fields[i].key;
    const auto* value = static_cast<const char*>(fields[i].value);
    const std::string text = fields[i].length < 0
                                 ? std::string(value)
                                 : std::string(value, static_cast<std::size_t>(fields[i].length));
    if (key == "MESSAGE") message = text;
    if (key == "GLIB_DOMAIN") domain = "glib/" + text;
  }
  // As for GStreamer; only G_LOG_LEVEL_ERROR, which aborts the process, is an error.
  const Level level = (flags & G_LOG_LEVEL_ERROR) != 0                              ? Level::error
                      : (flags & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0 ? Level::warning
                      : (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) != 0     ? Level::info
                                                                                    : Level::debug;
  const bool whole = level == Level::error || std::getenv("G_MESSAGES_DEBUG") != nullptr;
  const bool quiet = (flags & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0;
  if (whole || (!quiet && pass({"glib", 0}, kLibraryRate, level, domain, message)))
    emit(level, domain, {}, message, whole ? kLong : kShort);
  return G_LOG_WRITER_HANDLED;
}

} // namespace

void configure(Level level, Format format) {
  g_level = level;
  const bool no_journal = format == Format::journald && ::access(kJournalSocket, W_OK) != 0;
  // Without journald's socket, sd_journal_sendv() succeeds and writes nothing.
  g_format = no_journal ? Format::text : format;

  static std::once_flag asked; // Libraries read it.
  std::call_once(asked, [] { g_gst_unlimited = std::getenv("GST_DEBUG") != nullptr; });
  if (!g_gst_unlimited)
    gst_debug_set_default_threshold(level == Level::debug ? GST_LEVEL_WARNING : GST_LEVEL_ERROR);
  // GLib accepts one writer only, and GStreamer keeps every log function.
  static std::once_flag once;
  std::call_once(once, [] {
    // The parentheses select the functions: the macros of the same names compare pointers in a way
    // that C++ does not allow. nullptr stands for GStreamer's own function, and also works before
    // gst_init().
    (gst_debug_remove_log_function)(nullptr);
    (gst_debug_add_log_function)(on_gst_message, nullptr, nullptr);
    g_log_set_writer_func(on_glib_message, nullptr, nullptr);
  });

  if (no_journal)
    warning("config", {},
            std::string("logging.format is journald, but the server cannot write to ") +
                kJournalSocket + "; it logs text to stderr instead");
}

void write(Level level, std::string_view category, Fields fields, std::string_view message,
           Place place) {
  if (level > g_level.load(std::memory_order_relaxed)) return;
  if (!pass(place, level == Level::debug ? kDebugRate : kRate, level, category, message)) return;
  const bool whole = level == Level::error || category == "config";
  emit(level, category, {fields.begin(), fields.size()}, message, whole ? kLong : kShort);
}

void forget_rates() {
  limiter().forget();
  posted_limiter().forget();
}

void sum_up() {
  g_will_sum_up = false; // Before take(), so that a line left out meanwhile is reported next time.
  for (const LeftOut& left_out : limiter().take()) {
    const std::vector<Field> fields{{"lines", std::to_string(left_out.count)}};
    emit(left_out.level, left_out.category, fields,
         "left out lines that came too often; the first was: " + left_out.like, kShort);
  }
}

} // namespace fanlight::log
