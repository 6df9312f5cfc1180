#include "layouts/layout_store.h"

#include <algorithm>
#include <utility>

#include <glib.h>

namespace fanlight::layouts {
namespace {

using database::Connection;

constexpr std::size_t kIdLength = 8;

/// It is no secret: it only has to differ from all others.
std::string new_id() {
  constexpr std::string_view kSigns = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string id;
  while (id.size() < kIdLength)
    id +=
        kSigns[static_cast<std::size_t>(g_random_int_range(0, static_cast<gint32>(kSigns.size())))];
  return id;
}

Result<std::vector<Layout>> read_all(Connection& connection) {
  auto rows = connection.prepare(
      "SELECT id, name, content, revision FROM layouts WHERE owner = '' ORDER BY created, id");
  if (!rows) return rows.error();
  std::vector<Layout> layouts;
  while (true) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return layouts;
    layouts.push_back({rows->text(0), rows->text(1), rows->text(2), rows->integer(3)});
  }
}

/// Of the layout that was to be changed.
Error lost(const std::string& id) {
  return {Errc::not_found,
          Reason{"unknown_layout"_reason, "there is no layout {layout}", {{"layout", id}}}};
}

Error changed_meanwhile(const std::string& name) {
  return {Errc::conflict, Reason{"layout_changed"_reason,
                                 "the layout {name} was changed in the meantime; load it again",
                                 {{"name", name}}}};
}

Error name_taken(const std::string& name) {
  return {Errc::conflict,
          Reason{"layout_exists"_reason, "there is already a layout {name}", {{"name", name}}}};
}

/// Why a statement that names the layout and its revision changed nothing.
Error not_changed(Connection& connection, const std::string& id) {
  auto found = connection.prepare("SELECT name FROM layouts WHERE id = ?", id);
  if (!found) return found.error();
  const auto row = found->step();
  if (!row) return row.error();
  return *row ? changed_meanwhile(found->text(0)) : lost(id);
}

Error of_change(const Error& error, const std::string& name) {
  return error.code == Errc::conflict ? name_taken(name) : error;
}

} // namespace

database::Schema LayoutStore::schema() {
  return {"layouts",
          {// Layouts of one user alone have an owner.
           "CREATE TABLE layouts("
           "  id TEXT PRIMARY KEY,"
           "  owner TEXT NOT NULL DEFAULT '',"
           "  name TEXT NOT NULL,"
           "  content TEXT NOT NULL,"
           "  revision INTEGER NOT NULL,"
           "  created INTEGER NOT NULL,"
           "  UNIQUE(owner, name)"
           ") STRICT"}};
}

Result<std::unique_ptr<LayoutStore>> LayoutStore::create(database::Database& database) {
  auto layouts = database.wait_for(read_all);
  if (!layouts) return layouts.error();
  std::unique_ptr<LayoutStore> store{new LayoutStore{database}};
  store->layouts_ = std::move(*layouts);
  return store;
}

const Layout* LayoutStore::find(const std::string& id) const {
  const auto found = std::ranges::find(layouts_, id, &Layout::id);
  return found == layouts_.end() ? nullptr : &*found;
}

const Layout* LayoutStore::find_name(const std::string& name) const {
  const auto found = std::ranges::find(layouts_, name, &Layout::name);
  return found == layouts_.end() ? nullptr : &*found;
}

void LayoutStore::add(Layout layout, Changed done) {
  if (layouts_.size() >= kMost)
    return done(Error{Errc::busy, Reason{"many_layouts"_reason,
                                         "the server has reached its limit of {limit} layouts",
                                         {{"limit", kMost}}}});
  if (layout.id.empty()) layout.id = new_id();
  layout.revision = 1;
  change(
      [layout = std::move(layout)](Connection& connection) -> Result<Layout> {
        const auto added = connection.run(
            "INSERT INTO layouts(id, name, content, revision, created) VALUES(?, ?, ?, ?, ?)",
            layout.id, layout.name, layout.content, layout.revision, g_get_real_time());
        if (!added) return of_change(added.error(), layout.name);
        return layout;
      },
      [this](const Layout& added) { layouts_.push_back(added); }, std::move(done));
}

void LayoutStore::replace(Layout layout, Changed done) {
  change(
      [layout = std::move(layout)](Connection& connection) mutable -> Result<Layout> {
        const auto changed =
            connection.run("UPDATE layouts SET name = ?, content = ?, revision = revision + 1 "
                           "WHERE id = ? AND revision = ?",
                           layout.name, layout.content, layout.id, layout.revision);
        if (!changed) return of_change(changed.error(), layout.name);
        if (*changed == 0) return not_changed(connection, layout.id);
        ++layout.revision;
        return layout;
      },
      [this](const Layout& changed) {
        for (Layout& known : layouts_)
          if (known.id == changed.id) known = changed;
      },
      std::move(done));
}

void LayoutStore::remove(const std::string& id, std::int64_t revision, Changed done) {
  change(
      [id, revision](Connection& connection) -> Result<Layout> {
        const auto removed = connection.run(
            "DELETE FROM layouts WHERE id = ? AND (? = 0 OR revision = ?)", id, revision, revision);
        if (!removed) return removed.error();
        if (*removed == 0) return not_changed(connection, id);
        return Layout{.id = id};
      },
      [this](const Layout& removed) {
        std::erase_if(layouts_, [&](const Layout& layout) { return layout.id == removed.id; });
      },
      std::move(done));
}

void LayoutStore::change(Work work, Apply apply, Changed done) {
  if (not_stored()) return done(*not_stored());
  // The worker does them in order, and so do we: a layout that it has changed is here.
  database_.run(std::move(work), [this, alive = std::weak_ptr{alive_}, apply = std::move(apply),
                                  done = std::move(done)](const Result<Layout>& result) {
    if (alive.expired()) return;
    if (result) apply(*result);
    done(result);
    if (!result) return;
    const auto observers = observers_;
    for (const auto& observer : observers) (*observer)();
  });
}

Token LayoutStore::observe(std::function<void()> observer) {
  observers_.push_back(std::make_shared<std::function<void()>>(std::move(observer)));
  return Token{[this, added = observers_.back()] { std::erase(observers_, added); }};
}

} // namespace fanlight::layouts
