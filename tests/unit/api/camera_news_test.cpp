#include "api/camera_news.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <glib.h>
#include <gmock/gmock.h>

namespace fanlight::http {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

/// Clients are places in an array; what each was told, a line for each time.
class CameraNewsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (auto& client : clients) news.add(&client);
  }
  void tell(const std::string& camera, const std::string& text) {
    news.tell(camera, std::make_shared<const std::string>(text));
  }
  /// Until there is nothing to be done; how often anybody was told something in one turn at most.
  std::size_t turn() {
    std::size_t most = 0;
    while (g_main_context_pending(nullptr)) {
      const std::size_t before = sent;
      g_main_context_iteration(nullptr, FALSE);
      most = std::max(most, sent - before);
    }
    return most;
  }

  using Lines = std::vector<std::string>;
  std::array<Lines, 200> clients;
  std::size_t sent = 0;
  CameraNews news{
      [this](CameraNews::Client client, const std::vector<const CameraNews::Item*>& items) {
        static_cast<Lines*>(client)->push_back(std::accumulate(
            items.begin(), items.end(), std::string{},
            [](const std::string& line, const auto* item) { return line + *item->text; }));
        sent += items.size();
      }};
};

TEST_F(CameraNewsTest, TellsAFewClientsInATurnAndAllOfThemOnce) {
  tell("front", "a");

  EXPECT_EQ(turn(), CameraNews::kPerTurn);

  EXPECT_THAT(clients, Each(ElementsAre("a")));
}

TEST_F(CameraNewsTest, TellsFewerClientsInATurnWhereThereIsMoreToTell) {
  for (int camera = 0; camera < 16; ++camera) tell("camera" + std::to_string(camera), "a");

  EXPECT_EQ(turn(), CameraNews::kPerTurn);

  EXPECT_THAT(clients, Each(ElementsAre(std::string(16, 'a'))));
}

TEST_F(CameraNewsTest, TellsWhatIsNewerInsteadToThoseWhoWereNotToldYet) {
  tell("front", "a");
  tell("yard", "b");
  g_main_context_iteration(nullptr, FALSE);
  tell("front", "c");

  turn();

  const auto told = CameraNews::kPerTurn / 2; // In the turn before.
  for (std::size_t i = 0; i < told; ++i) EXPECT_THAT(clients[i], ElementsAre("ab", "c"));
  for (std::size_t i = told; i < clients.size(); ++i) EXPECT_THAT(clients[i], ElementsAre("bc"));
}

TEST_F(CameraNewsTest, TellsAClientThatCameLaterOnlyWhatCameAfterIt) {
  Lines late;
  tell("front", "a");
  news.add(&late);
  turn();
  EXPECT_THAT(late, IsEmpty());

  tell("front", "b");
  turn();
  EXPECT_THAT(late, ElementsAre("b"));
}

TEST_F(CameraNewsTest, TellsTheOthersWhenClientsLeaveMeanwhile) {
  tell("front", "a");
  g_main_context_iteration(nullptr, FALSE);
  for (std::size_t i = 0; i < 100; ++i) news.remove(&clients[i]);

  turn();

  EXPECT_THAT(clients[CameraNews::kPerTurn], IsEmpty());
  for (std::size_t i = 100; i < clients.size(); ++i) EXPECT_THAT(clients[i], ElementsAre("a"));
}

TEST_F(CameraNewsTest, TellsOnlyWhatComesAfterItHasForgotten) {
  tell("front", "a");
  news.forget();
  tell("front", "b");

  turn();

  EXPECT_THAT(clients, Each(ElementsAre("b")));
}

} // namespace
} // namespace fanlight::http
