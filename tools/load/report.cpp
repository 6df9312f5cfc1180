#include "report.h"

#include <cstdarg>
#include <cstdio>

#include "figures.h"
#include "load/signalling/json.h"

namespace fanlight::load {
namespace {

/// Milliseconds. With a greater lag, the measured times say more about this program than about the
/// server.
constexpr double kMuchLag = 20;

using Reasons = std::map<std::string, std::uint64_t>;

/// Appends one line in the format of printf().
[[gnu::format(printf, 2, 3)]] void line(std::string& text, const char* format, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  (text += buffer) += '\n';
}

unsigned long long number(std::uint64_t value) { return value; }

void list_reasons(std::string& text, const char* what, const Reasons& reasons) {
  for (const auto& [reason, count] : reasons)
    line(text, "  %llu %s: %s", number(count), what, reason.c_str());
}

void time_row(std::string& text, const char* name, const Distribution& times) {
  if (times.count() == 0) return;
  line(text, "%-22s %9.1f %9.1f %9.1f %9.1f   %llu", name, times.percentile(0.5),
       times.percentile(0.95), times.percentile(0.99), times.most(), number(times.count()));
}

void describe_joins(std::string& text, const char* what, const Joins& joins) {
  line(text, "%llu of %llu viewers %s, %llu of them with a picture", number(joins.joined),
       number(joins.started), what, number(joins.with_picture));
  list_reasons(text, "failed", joins.failed);
  if (joins.unfinished() > 0)
    line(text, "  %llu were not there yet when the run ended", number(joins.unfinished()));
}

void describe_flow(std::string& text, const char* when, const Counts& counts) {
  line(text,
       "%s: lost %llu of %llu packets (%.4f %%), missing %llu, repaired %llu (%llu by RTX), "
       "reordered %llu",
       when, number(counts.lost), number(counts.media + counts.lost), loss_percent(counts),
       number(counts.missing), number(counts.repaired), number(counts.rtx),
       number(counts.reordered));
  if (counts.dropped + counts.nacks + counts.plis + counts.repeated + counts.jumps > 0)
    line(text, "  dropped by --loss %llu, NACKs %llu, PLIs %llu, repeated %llu, jumps %llu",
         number(counts.dropped), number(counts.nacks), number(counts.plis), number(counts.repeated),
         number(counts.jumps));
  if (counts.unauthentic > 0)
    line(text, "  %llu packets could not be decrypted", number(counts.unauthentic));
}

void describe_server(std::string& text, const Figures::Process& server) {
  line(text,
       "server: %.2f cores (%.2f without viewers), %.2f us per packet (%.2f of them the viewers')",
       server.cores, server.idle_cores, server.us_per_packet, server.us_per_packet_above_idle);
  line(text, "  %.1f MB, %.1f without viewers: %.1f kB per viewer; %d threads (%d), %d files (%d)",
       static_cast<double>(server.last.rss) / 1e6, static_cast<double>(server.before.rss) / 1e6,
       server.kb_per_viewer, server.last.threads, server.before.threads, server.last.fds,
       server.before.fds);
}

void add_reasons(JsonWriter& json, std::string_view name, const Reasons& reasons) {
  json.object(name);
  for (const auto& [reason, count] : reasons) json.add(reason, count);
  json.end();
}

void add_times(JsonWriter& json, std::string_view name, const Distribution& times) {
  json.object(name)
      .add("count", times.count())
      .add("min", times.least())
      .add("mean", times.mean())
      .add("p50", times.percentile(0.5))
      .add("p95", times.percentile(0.95))
      .add("p99", times.percentile(0.99))
      .add("max", times.most())
      .end();
}

void add_joins(JsonWriter& json, std::string_view name, const Joins& joins) {
  json.object(name)
      .add("started", joins.started)
      .add("joined", joins.joined)
      .add("with_picture", joins.with_picture)
      .add("failed", joins.failures())
      .add("unfinished", joins.unfinished());
  add_reasons(json, "failures", joins.failed);
  add_times(json, "join_ms", joins.join);
  add_times(json, "key_frame_ms", joins.key_frame);
  json.end();
}

void add_counts(JsonWriter& json, const Counts& counts) {
  json.add("packets", counts.received)
      .add("bytes", counts.bytes)
      .add("dropped", counts.dropped)
      .add("media", counts.media)
      .add("missing", counts.missing)
      .add("reordered", counts.reordered)
      .add("repaired", counts.repaired)
      .add("rtx", counts.rtx)
      .add("lost", counts.lost)
      .add("loss_percent", loss_percent(counts))
      .add("repeated", counts.repeated)
      .add("jumps", counts.jumps)
      .add("nacks", counts.nacks)
      .add("plis", counts.plis)
      .add("unauthentic", counts.unauthentic);
}

void add_process(JsonWriter& json, std::string_view name, const Figures::Process& process) {
  json.object(name)
      .add("cores", process.cores)
      .add("us_per_packet", process.us_per_packet)
      .add("idle_cores", process.idle_cores)
      .add("us_per_packet_above_idle", process.us_per_packet_above_idle)
      .add("rss_before", process.before.rss)
      .add("rss", process.last.rss)
      .add("kb_per_viewer", process.kb_per_viewer)
      .add("threads_before", process.before.threads)
      .add("threads", process.last.threads)
      .add("fds_before", process.before.fds)
      .add("fds", process.last.fds);
}

} // namespace

std::string write_table(const Options& options, const Outcome& outcome) {
  const Figures figures = Figures::of(outcome);
  const Findings& findings = outcome.findings;
  std::string text;
  if (outcome.interrupted) line(text, "interrupted");
  describe_joins(text, "joined", findings.first);
  if (findings.storms.started > 0) describe_joins(text, "came back after storms", findings.storms);
  list_reasons(text, "ended", findings.ended);
  list_reasons(text, "did not leave in order", findings.unclean);
  line(text, "\n%-22s %9s %9s %9s %9s   %s", "milliseconds", "p50", "p95", "p99", "most", "of");
  time_row(text, "join", findings.first.join);
  time_row(text, "first key frame", findings.first.key_frame);
  time_row(text, "join in storms", findings.storms.join);
  time_row(text, "key frame in storms", findings.storms.key_frame);
  time_row(text, "transit", findings.transit);
  time_row(text, "healing after a loss", findings.healing);
  time_row(text, "our own lag", findings.lag);
  line(text, "\nsteady, %.1f s with %llu viewers: %.0f packets/s, %.1f Mbit/s", figures.seconds,
       number(outcome.steady_last.viewers), figures.packets_per_second, figures.mbit_per_second);
  describe_flow(text, "steady", figures.steady);
  describe_flow(text, "whole run", figures.whole);
  line(text, "\nfanlight-load itself: %.2f cores, %.2f us per packet; %.1f MB, %.1f kB per viewer",
       figures.self.cores, figures.self.us_per_packet,
       static_cast<double>(figures.self.last.rss) / 1e6, figures.self.kb_per_viewer);
  if (findings.overflowed > 0)
    line(text, "  it was too slow for %llu datagrams: these losses are its own",
         number(findings.overflowed));
  if (findings.lag.percentile(0.95) > kMuchLag)
    line(text, "  it lagged behind, see above: joining is slower here than the server was");
  if (figures.server)
    describe_server(text, *figures.server);
  else if (options.plan.server)
    line(text, "server: process %d could not be looked at until the end", *options.plan.server);
  return text;
}

std::string write_json(const Options& options, const Outcome& outcome) {
  const Figures figures = Figures::of(outcome);
  const Findings& findings = outcome.findings;
  JsonWriter json{true};
  json.object().add("version", FANLIGHT_VERSION).add("interrupted", outcome.interrupted);
  json.object("plan")
      .add("viewers", options.plan.viewers)
      .add("joins_per_second", options.plan.joins_per_second)
      .add("duration_s", std::chrono::duration<double>(options.plan.duration).count())
      .add("loss_percent", options.settings.loss * 100)
      .add("nack", options.settings.nack)
      .add("tcp", options.settings.tcp)
      .add("audio", options.settings.audio)
      .add("gro", options.settings.link.gro)
      .array("urls");
  for (const Url& url : options.urls) json.add("", url.text());
  json.end().end();
  json.add("ramp_s", outcome.ramp_s);
  add_joins(json, "joins", findings.first);
  add_joins(json, "storms", findings.storms);
  add_reasons(json, "ended", findings.ended);
  json.add("left", findings.left);
  add_reasons(json, "unclean", findings.unclean);
  add_times(json, "transit_ms", findings.transit);
  add_times(json, "healing_ms", findings.healing);
  add_times(json, "lag_ms", findings.lag);
  json.object("steady")
      .add("seconds", figures.seconds)
      .add("viewers", outcome.steady_last.viewers)
      .add("packets_per_second", figures.packets_per_second)
      .add("mbit_per_second", figures.mbit_per_second);
  add_counts(json, figures.steady);
  json.end().object("whole");
  add_counts(json, figures.whole);
  json.end();
  add_process(json, "self", figures.self);
  json.add("overflowed", findings.overflowed).end();
  if (figures.server) {
    add_process(json, "server", *figures.server);
    json.add("pid", *options.plan.server).end();
  }
  return json.end().text() + "\n";
}

} // namespace fanlight::load
