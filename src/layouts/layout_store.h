#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/token.h"
#include "database/database.h"

namespace fanlight::layouts {

/// What a page of the wall shows, under a name. Only the page knows what is in it.
struct Layout {
  std::string id;
  std::string name;
  std::string content;       ///< A JSON object.
  std::int64_t revision = 1; ///< One more with every change.

  bool operator==(const Layout&) const = default;
};

/// The layouts that all clients share, stored in the database. What it says of them is in memory.
///
/// Threads: main only. Lifetime: outlives the tokens of its observers; dies before the database.
class LayoutStore {
 public:
  static constexpr std::size_t kMost = 500;
  /// Errc::conflict: the name is another layout's, or the revision is not the layout's any more;
  /// not_found; busy: there are kMost of them; unavailable: not_stored(); otherwise as the
  /// database.
  using Changed = std::function<void(const Result<Layout>&)>;

  static database::Schema schema();
  /// Reads all layouts; blocks. `database` outlives the store.
  static Result<std::unique_ptr<LayoutStore>> create(database::Database& database);

  /// Why nothing can be changed: the database would forget it. None: all can.
  const std::optional<Error>& not_stored() const { return database_.not_stored(); }
  /// The oldest first.
  const std::vector<Layout>& all() const { return layouts_; }
  const Layout* find(const std::string& id) const;
  const Layout* find_name(const std::string& name) const;

  /// Stores a new layout; without an id it gets one.
  void add(Layout layout, Changed done);
  /// Replaces name and content of the layout, if its revision is the given one.
  void replace(Layout layout, Changed done);
  /// `revision`: 0: whichever.
  void remove(const std::string& id, std::int64_t revision, Changed done);

  /// Is told in later turns that all() is another.
  Token observe(std::function<void()> observer);

 private:
  using Work = std::function<Result<Layout>(database::Connection&)>;
  using Apply = std::function<void(const Layout&)>;

  explicit LayoutStore(database::Database& database) : database_(database) {}
  void change(Work work, Apply apply, Changed done);

  // Given.
  database::Database& database_;
  // Owned.
  std::vector<Layout> layouts_;
  std::vector<std::shared_ptr<std::function<void()>>> observers_;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::layouts
