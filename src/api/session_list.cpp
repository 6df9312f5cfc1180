#include "api/session_list.h"

#include <algorithm>
#include <utility>

#include "api/views.h"
#include "base/main_loop.h"

namespace fanlight::http {

void SessionList::get(const std::string& after, std::size_t most, Done done) {
  for (const PagePtr& page : pages_)
    if (page->after == after && page->most == most) return page->waiting.push_back(std::move(done));
  if (pages_.size() >= limits_.session_pages + limits_.waiting_pages)
    return done(Error{Errc::busy,
                      "listing the sessions: the server is writing too many pages of the "
                      "list; try again later"});
  const auto page = std::make_shared<Page>();
  page->after = page->last = after;
  page->most = most;
  page->waiting.push_back(std::move(done));
  pages_.push_back(page);
  if (pages_.size() <= limits_.session_pages) begin(page);
}

void SessionList::begin(const PagePtr& page) {
  page->text = R"({"sessions":[)";
  directory_.refresh_stats(page->after, page->most, [this, alive = std::weak_ptr{alive_}, page] {
    if (!alive.expired()) continue_page(page);
  });
}

void SessionList::continue_page(const PagePtr& page) {
  // One more than is wanted tells whether there is another page.
  const std::size_t wanted = std::min(page->most - page->written + 1, kTasksPerTurn);
  const auto sessions = directory_.sessions(page->last, wanted);
  for (const session::Info& session : sessions) {
    if (page->written == page->most) return finish(page, true);
    json::Writer json;
    json.object([&] { json::write_members(json, session); });
    if (page->written++ > 0) page->text += ',';
    page->text += json.text();
    page->last = session.id;
  }
  if (sessions.size() < wanted) return finish(page, false);
  post([this, alive = std::weak_ptr{alive_}, page] {
    if (!alive.expired()) continue_page(page);
  });
}

void SessionList::finish(const PagePtr& page, bool more) {
  page->text += ']';
  if (more) page->text += R"(,"next":")" + page->last + '"';
  page->text += '}';
  const OwnedBytes body{g_bytes_new(page->text.data(), page->text.size())};
  std::erase(pages_, page);
  if (pages_.size() >= limits_.session_pages) begin(pages_[limits_.session_pages - 1]);
  for (const Done& done : std::exchange(page->waiting, {})) done(body.get());
}

} // namespace fanlight::http
