#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "base/log.h"
#include "base/log_limit.h"
#include "page.h"
#include "server_fixture.h"
#include "support/driven_clock.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// What one client makes the log grow by, whatever it sends.
class LogVolumeTest : public ServerTest {
 protected:
  LogVolumeTest() { log::forget_rates(); }
  ~LogVolumeTest() override { log::configure(log::Level::info, log::Format::text); }

  /// What is logged while the page sends `message` so many times, with a number in place of '#',
  /// and hears answers of `type`.
  std::string log_of(int count, const std::string& message, const char* type) {
    start();
    Page page{client.get(), url("/ws")};
    page.next("hello");
    testing::internal::CaptureStderr();
    const DrivenClock clock; // However long it takes, it comes all at once.
    for (int i = 0; i < count; ++i) {
      std::string text = message;
      page.send(text.replace(text.find('#'), 1, std::to_string(i)));
    }
    for (int i = 0; i < count; ++i) page.next(type);
    log::sum_up();
    return testing::internal::GetCapturedStderr();
  }
  /// But the sums, one in 10 s of the real clock.
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream rest{text};
    for (std::string line; std::getline(rest, line);)
      if (line.find(kSum) == line.npos) lines.push_back(line);
    return lines;
  }

  static constexpr const char* kSum = "left out lines that came too often; the first was: ";
};

TEST_F(LogVolumeTest, IsBoundedWhenOneClientIsRefusedThousandsOfTimes) {
  limits.refusals_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":"watch","session":"t#","camera":"nowhere","sdp":"v=0"})", "closed");

  EXPECT_EQ(lines_of(written).size(), log::kRate.burst);
  EXPECT_LE(written.size(), 200 * (log::kRate.burst + 2));
  EXPECT_THAT(written, HasSubstr(kSum + std::string{"refusing"}));
}

TEST_F(LogVolumeTest, IsBoundedWhenDecisionsAreLoggedAndMessagesAreLong) {
  log::configure(log::Level::debug, log::Format::text);
  limits.errors_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":")" + std::string(2000, 'x') + R"(","session":"t#"})", "error");

  EXPECT_LE(lines_of(written).size(), log::kDebugRate.burst);
  EXPECT_LE(written.size(), 400 * (log::kDebugRate.burst + 2));
}

/// Permits nothing.
class NoPolicy : public auth::Policy {
  std::optional<http::Problem> page_refusal(const auth::RequestOrigin&) const override {
    return {};
  }
  std::optional<http::Problem> refusal(const auth::Principal&, auth::Action,
                                       std::string_view) const override {
    return http::Problem{http::Failure::not_allowed, Reason{"test"_reason, "not here"}};
  }
};

TEST_F(LogVolumeTest, TellsOfEachKindOfRefusalThoughAnotherFloodsTheLog) {
  const NoPolicy nothing;
  policy = &nothing;
  start();
  testing::internal::CaptureStderr();
  const DrivenClock clock;
  for (unsigned i = 0; i <= log::kRate.burst; ++i) get("/api/cameras");
  get("/api/sessions");
  get("/api/settings");
  const std::string written = testing::internal::GetCapturedStderr();

  EXPECT_THAT(written, HasSubstr("refusing a viewer: not here"));
  EXPECT_THAT(written, HasSubstr("refusing inspection: not here"));
  EXPECT_THAT(written, HasSubstr("refusing settings: not here"));
}

} // namespace
} // namespace fanlight::test
