#include "figures.h"

#include <algorithm>

namespace fanlight::load {
namespace {

double seconds_between(const Usage& first, const Usage& last) {
  return std::chrono::duration<double>(last.at - first.at).count();
}

double part(double of, double by) { return by > 0 ? of / by : 0; }

Figures::Process compare(const Usage& before, const Usage& first, const Usage& last,
                         std::uint64_t packets, std::uint64_t viewers) {
  Figures::Process process;
  const double cpu = last.cpu_s - first.cpu_s;
  process.cores = part(cpu, seconds_between(first, last));
  process.us_per_packet = part(cpu * 1e6, static_cast<double>(packets));
  process.kb_per_viewer =
      part((static_cast<double>(last.rss) - static_cast<double>(before.rss)) / 1e3,
           static_cast<double>(viewers));
  process.before = before;
  process.last = last;
  return process;
}

} // namespace

double loss_percent(const Counts& counts) {
  return 100 *
         part(static_cast<double>(counts.lost), static_cast<double>(counts.media + counts.lost));
}

Figures Figures::of(const Outcome& outcome) {
  Figures figures;
  const Reading& first = outcome.steady;
  const Reading& last = outcome.steady_last;
  figures.seconds = std::chrono::duration<double>(last.at - first.at).count();
  figures.steady = last.counts - first.counts;
  figures.whole = outcome.last.counts;
  const std::uint64_t packets = figures.steady.received;
  figures.packets_per_second = part(static_cast<double>(packets), figures.seconds);
  figures.mbit_per_second = part(static_cast<double>(figures.steady.bytes) * 8e-6, figures.seconds);
  if (first.self && last.self)
    figures.self = compare(outcome.self_before, *first.self, *last.self, packets, last.viewers);
  if (!outcome.idle_first || !outcome.idle_last || !first.server || !last.server) return figures;
  Process server = compare(*outcome.idle_last, *first.server, *last.server, packets, last.viewers);
  server.idle_cores = part(outcome.idle_last->cpu_s - outcome.idle_first->cpu_s,
                           seconds_between(*outcome.idle_first, *outcome.idle_last));
  const double above = std::max(0.0, server.cores - server.idle_cores) *
                       seconds_between(*first.server, *last.server);
  server.us_per_packet_above_idle = part(above * 1e6, static_cast<double>(packets));
  figures.server = server;
  return figures;
}

} // namespace fanlight::load
