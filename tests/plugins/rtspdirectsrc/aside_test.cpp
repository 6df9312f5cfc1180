#include "rtspdirectsrc/aside.h"

#include <future>
#include <latch>
#include <memory>

#include <gtest/gtest.h>

#include "support/hang_limit.h"

namespace fanlight::direct {
namespace {

TEST(AsideTest, JudgesThoughLookupsWait) {
  constexpr int kLookups = 64;
  std::promise<void> answer;
  const std::shared_future<void> answered = answer.get_future().share();
  const auto done = std::make_shared<std::latch>(kLookups);
  for (int i = 0; i < kLookups; ++i)
    run_aside(Aside::lookup, [answered, done] {
      answered.wait();
      done->count_down();
    });
  const auto judgement = std::make_shared<std::promise<void>>();
  const std::future<void> judged = judgement->get_future();

  run_aside(Aside::judgement, [judgement] { judgement->set_value(); });

  EXPECT_EQ(judged.wait_for(test::kHangLimit), std::future_status::ready);
  answer.set_value();
  done->wait();
}

} // namespace
} // namespace fanlight::direct
