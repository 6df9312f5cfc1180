#include "layouts/layout_store.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/turn_until.h"

namespace fanlight::layouts {
namespace {

using test::turn_until;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LayoutStoreTest : public testing::Test {
 protected:
  LayoutStoreTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "fanlight-layouts-XXXXXX").string();
    folder = mkdtemp(name.data());
    open();
  }
  ~LayoutStoreTest() override {
    store.reset();
    database.reset();
    std::filesystem::remove_all(folder);
  }

  /// As when the server starts.
  void open() {
    store.reset();
    database.reset();
    database = database::Database::open(folder / "fanlight.db", {LayoutStore::schema()}).value();
    store = LayoutStore::create(*database).value();
  }
  /// Waits for the result of a change.
  template <typename Change> Result<Layout> wait(Change change) {
    std::optional<Result<Layout>> result;
    change([&result](const Result<Layout>& changed) { result = changed; });
    turn_until([&] { return result.has_value(); }, "a layout that is changed");
    return *result;
  }
  Result<Layout> add(const std::string& name, const std::string& id = {}) {
    return wait([&](auto done) { store->add({id, name, R"({"wall":"*"})"}, done); });
  }
  Result<Layout> replace(const Layout& layout) {
    return wait([&](auto done) { store->replace(layout, done); });
  }
  Result<Layout> remove(const std::string& id, std::int64_t revision = 0) {
    return wait([&](auto done) { store->remove(id, revision, done); });
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Layout& layout : store->all()) all.push_back(layout.name);
    return all;
  }

  std::filesystem::path folder;
  std::unique_ptr<database::Database> database;
  std::unique_ptr<LayoutStore> store;
};

TEST_F(LayoutStoreTest, KeepsLayoutsInTheOrderInWhichTheyCame) {
  const Layout night = *add("Night");
  ASSERT_TRUE(add("Day"));
  const Layout changed = *replace({night.id, "Evening", R"({"wall":"front"})", night.revision});
  EXPECT_EQ(changed.revision, 2);

  open();

  EXPECT_THAT(names(), ElementsAre("Evening", "Day"));
  ASSERT_NE(store->find(night.id), nullptr);
  EXPECT_EQ(*store->find(night.id), changed);
  EXPECT_EQ(store->find_name("Evening"), store->find(night.id));
  EXPECT_EQ(store->find_name("Night"), nullptr);
}

TEST_F(LayoutStoreTest, RefusesAChangeOfALayoutThatHasChanged) {
  const Layout night = *add("Night");
  ASSERT_TRUE(replace({night.id, "Night", "{}", night.revision}));

  const auto late = replace({night.id, "Night", R"({"grid":4})", night.revision});
  const auto removed = remove(night.id, night.revision);

  for (const auto& refused : {late, removed}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_EQ(refused.error().id, "layout_changed");
  }
  EXPECT_EQ(store->find(night.id)->content, "{}");
}

TEST_F(LayoutStoreTest, GivesEachNameOnce) {
  const Layout night = *add("Night");
  const Layout day = *add("Day");

  const auto added = add("Night");
  const auto renamed = replace({day.id, "Night", "{}", day.revision});

  for (const auto& refused : {added, renamed}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "layout_exists");
    EXPECT_THAT(refused.error().message, HasSubstr("already a layout Night"));
  }
  EXPECT_THAT(names(), ElementsAre("Night", "Day"));
}

TEST_F(LayoutStoreTest, RemovesALayoutAndTakesItBackUnderItsId) {
  const Layout night = *add("Night");
  ASSERT_TRUE(remove(night.id, night.revision));
  EXPECT_THAT(names(), IsEmpty());

  const auto twice = remove(night.id);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Errc::not_found);
  ASSERT_TRUE(add("Night", night.id));
  EXPECT_EQ(*store->find(night.id), night);
}

TEST_F(LayoutStoreTest, TellsObserversOfEveryChangeUntilTheirTokenEnds) {
  int told = 0;
  Token observation = store->observe([&] { ++told; });
  const Layout night = *add("Night");
  EXPECT_FALSE(add("Night"));
  EXPECT_EQ(told, 1);
  ASSERT_TRUE(remove(night.id));
  EXPECT_EQ(told, 2);

  observation.reset();
  ASSERT_TRUE(add("Night"));

  EXPECT_EQ(told, 2);
}

TEST_F(LayoutStoreTest, HasALimit) {
  for (std::size_t i = 0; i < LayoutStore::kMost; ++i) ASSERT_TRUE(add(std::to_string(i)));

  const auto refused = add("one more");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "many_layouts");
}

/// Of the server's file after a fault of the disk.
class DamagedLayoutsTest : public LayoutStoreTest {
 protected:
  static constexpr std::int64_t kPage = 4096;

  /// Writes garbage over the pages from `first` to `last`, while nobody has the file open.
  void damage(std::int64_t first, std::int64_t last) {
    store.reset();
    database.reset();
    std::fstream file{folder / "fanlight.db", std::ios::in | std::ios::out | std::ios::binary};
    file.seekp((first - 1) * kPage);
    file << std::string(static_cast<std::size_t>((last - first + 1) * kPage), 'x');
    ASSERT_TRUE(file.flush());
  }
  std::int64_t pages() const {
    return static_cast<std::int64_t>(std::filesystem::file_size(folder / "fanlight.db")) / kPage;
  }
  std::int64_t page_of_layouts() const {
    return *database->wait_for([](database::Connection& connection) -> Result<std::int64_t> {
      auto row = connection.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'layouts'");
      if (!row) return row.error();
      (void)row->step();
      return row->integer(0);
    });
  }
  /// As when the server starts.
  void open_or_do_without() {
    database =
        database::Database::open_or_do_without(folder / "fanlight.db", {LayoutStore::schema()},
                                               [this](database::Database& opened) -> Result<Done> {
                                                 auto created = LayoutStore::create(opened);
                                                 if (!created) return created.error();
                                                 store = std::move(*created);
                                                 return Done{};
                                               })
            .value();
  }
};

TEST_F(DamagedLayoutsTest, KeepsWhatIsStoredInASoundFile) {
  ASSERT_TRUE(add("Night"));
  store.reset();
  database.reset();

  open_or_do_without();

  EXPECT_FALSE(store->not_stored());
  EXPECT_THAT(names(), ElementsAre("Night"));
  EXPECT_TRUE(add("Day"));
}

TEST_F(DamagedLayoutsTest, GoesOnWithoutTheTableThatIsDamagedAndStoresNothing) {
  ASSERT_TRUE(add("Night", "night"));
  const std::int64_t page = page_of_layouts();
  damage(page, page);

  open_or_do_without();

  EXPECT_THAT(names(), IsEmpty());
  ASSERT_TRUE(store->not_stored());
  EXPECT_THAT(store->not_stored()->message,
              AllOf(HasSubstr("fanlight.db"), HasSubstr("database disk image is malformed")));
  for (const auto& refused :
       {add("Day"), add("Day", "day"), replace({"night", "Night", "{}", 1}), remove("night")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), *store->not_stored());
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DamagedLayoutsTest, GoesOnWithoutAFileOfGarbage) {
  ASSERT_TRUE(add("Night"));
  store.reset();
  database.reset();
  damage(2, pages());

  open_or_do_without();
  EXPECT_TRUE(store->not_stored());

  damage(1, pages());
  open_or_do_without();
  EXPECT_TRUE(store->not_stored());
}

} // namespace
} // namespace fanlight::layouts
