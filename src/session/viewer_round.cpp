#include "session/viewer_round.h"

#include <utility>

#include "base/main_loop.h"

namespace fanlight::session {
namespace {

constexpr std::chrono::milliseconds kStatsLimit{300};

} // namespace

void for_each(std::vector<std::weak_ptr<ViewerSession>> viewers,
              std::function<void(ViewerSession&)> call) {
  const std::size_t count = viewers.size();
  spread(count, [viewers = std::move(viewers), call = std::move(call)](std::size_t i) {
    if (const auto viewer = viewers[i].lock()) call(*viewer);
  });
}

void refresh_stats(std::vector<std::weak_ptr<ViewerSession>> viewers, std::function<void()> done) {
  struct Round {
    std::size_t open = 1; // One for this function itself.
    std::function<void()> done;
    Timer limit;
    void finish() {
      limit.stop();
      if (done) std::exchange(done, nullptr)();
    }
  };
  const auto round = std::make_shared<Round>();
  round->done = std::move(done);
  round->limit.once(kStatsLimit, [round] { round->finish(); });
  const auto one_less = [round] {
    if (--round->open == 0) post([round] { round->finish(); });
  };
  const std::size_t count = viewers.size();
  spread(
      count,
      [round, one_less, viewers = std::move(viewers)](std::size_t i) {
        const auto viewer = viewers[i].lock();
        if (!viewer) return;
        ++round->open;
        viewer->refresh_stats(one_less);
      },
      one_less);
}

} // namespace fanlight::session
