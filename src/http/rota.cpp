#include "http/rota.h"

#include "http/http_connection.h"

namespace fanlight::http {

struct Rota::Source {
  GSource base;
  Rota* rota;
};

/// A source that is never ready: the loop calls its prepare function at the beginning of each turn.
Rota::Rota() {
  static GSourceFuncs functions{
      +[](GSource* source, gint* timeout) -> gboolean {
        *timeout = -1;
        reinterpret_cast<Source*>(source)->rota->next_turn();
        return FALSE;
      },
      nullptr,
      +[](GSource*, GSourceFunc, gpointer) -> gboolean { return G_SOURCE_CONTINUE; },
      nullptr,
      nullptr,
      nullptr};
  source_ = g_source_new(&functions, sizeof(Source));
  reinterpret_cast<Source*>(source_)->rota = this;
  // The loop skips sources of lower priority in some turns.
  g_source_set_priority(source_, G_PRIORITY_HIGH);
  g_source_attach(source_, nullptr);
}

Rota::~Rota() {
  g_source_destroy(source_);
  g_source_unref(source_);
}

Rota::Members& Rota::members_of(const HttpConnection& connection) {
  return members_.try_emplace(connection.network(), kAddress, kAddress, kLeast).first->second;
}

bool Rota::admits(const HttpConnection& connection) {
  Members& members = members_of(connection);
  if (!members.admits(&connection)) return false;
  if (networks_.admits(connection.network())) return true;
  members.put_off();
  return false;
}

bool Rota::calls(const HttpConnection& connection) {
  constexpr std::size_t kCalls = kAddress / kOffer;
  Members& members = members_of(connection);
  if (members.called >= kCalls || !admits(connection)) return false;
  ++members.called;
  return true;
}

void Rota::charge(const HttpConnection& connection, std::size_t cost) {
  members_of(connection).charge(&connection, cost);
  networks_.charge(connection.network(), cost);
}

void Rota::forget(const HttpConnection& connection) {
  if (const auto found = members_.find(connection.network()); found != members_.end())
    found->second.forget(&connection);
}

void Rota::next_turn() {
  networks_.next_turn();
  for (auto& [network, members] : members_) {
    members.next_turn();
    members.called = 0;
  }
  std::erase_if(members_, [](const auto& entry) { return entry.second.empty(); });
}

} // namespace fanlight::http
