// Who is let in.
#include "webrtcfanout/subscribers/registry.h"

#include <gmock/gmock.h>

namespace fanlight::fanout {
namespace {

using testing::UnorderedElementsAre;

class RegistryTest : public testing::Test {
 protected:
  static std::shared_ptr<Subscriber> subscriber() {
    return std::make_shared<Subscriber>(Subscriber::Settings{.id = "any"});
  }
  Registry registry;
};

TEST_F(RegistryTest, FindsAViewerByItsCredentials) {
  const auto first = subscriber();
  registry.add({"ufrag", "password"}, first);
  registry.add({"other", "secret"}, subscriber());

  const auto entry = registry.find("ufrag");

  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->subscriber, first);
  EXPECT_EQ(entry->password, "password");
  EXPECT_FALSE(registry.find("ufra"));
  EXPECT_FALSE(registry.find(""));
}

TEST_F(RegistryTest, KeepsOlderCredentialsOverARestart) {
  const auto first = subscriber();
  registry.add({"one", "1"}, first);

  EXPECT_TRUE(registry.renew({"two", "2"}, first));

  EXPECT_EQ(registry.find("one")->subscriber, first);
  EXPECT_EQ(registry.find("two")->password, "2");
  EXPECT_GT(registry.find("two")->generation, registry.find("one")->generation);
  EXPECT_EQ(registry.size(), 1U);
}

TEST_F(RegistryTest, KeepsAFewCredentialsOfAViewerHoweverOftenItRestarts) {
  const auto first = subscriber();
  registry.add({"0", "password"}, first);

  for (int i = 1; i <= 100; ++i) registry.renew({std::to_string(i), "password"}, first);

  EXPECT_FALSE(registry.find("0"));
  EXPECT_FALSE(registry.find("96"));
  EXPECT_TRUE(registry.find("97"));
  EXPECT_TRUE(registry.find("100"));
}

TEST_F(RegistryTest, RemovesAViewerWithAllItsCredentials) {
  const auto first = subscriber();
  registry.add({"one", "1"}, first);
  registry.renew({"two", "2"}, first);

  EXPECT_TRUE(registry.remove(first));

  EXPECT_FALSE(registry.find("one"));
  EXPECT_FALSE(registry.find("two"));
  EXPECT_FALSE(registry.has(first));
  EXPECT_FALSE(registry.remove(first));
}

TEST_F(RegistryTest, LetsNobodyInAgainByARestart) {
  const auto first = subscriber();
  registry.add({"one", "1"}, first);
  registry.remove(first);

  EXPECT_FALSE(registry.renew({"two", "2"}, first));

  EXPECT_FALSE(registry.find("two"));
  EXPECT_EQ(registry.size(), 0U);
}

TEST_F(RegistryTest, ListsEachViewerOnce) {
  const auto first = subscriber();
  const auto second = subscriber();
  registry.add({"one", "1"}, first);
  registry.renew({"two", "2"}, first);
  registry.add({"three", "3"}, second);

  EXPECT_THAT(registry.subscribers(), UnorderedElementsAre(first, second));
}

} // namespace
} // namespace fanlight::fanout
