#include <algorithm>

#include <gmock/gmock.h>

#include "base/log.h"
#include "base/log_limit.h"
#include "page.h"
#include "server_fixture.h"

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
    for (int i = 0; i < count; ++i) {
      std::string text = message;
      page.send(text.replace(text.find('#'), 1, std::to_string(i)));
    }
    for (int i = 0; i < count; ++i) page.next(type);
    log::sum_up();
    return testing::internal::GetCapturedStderr();
  }
  static auto lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }
};

TEST_F(LogVolumeTest, IsBoundedWhenOneClientIsRefusedThousandsOfTimes) {
  limits.refusals_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":"watch","session":"t#","camera":"nowhere","sdp":"v=0"})", "closed");

  EXPECT_GE(lines_of(written), log::kRate.burst);
  EXPECT_LE(lines_of(written), 2 * log::kRate.burst) << "10 for each second that this took";
  EXPECT_LE(written.size(), 200 * 2 * log::kRate.burst);
  EXPECT_THAT(written, HasSubstr("left out lines that came too often, like this one: refusing"));
}

TEST_F(LogVolumeTest, IsBoundedWhenDecisionsAreLoggedAndMessagesAreLong) {
  log::configure(log::Level::debug, log::Format::text);
  limits.errors_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":")" + std::string(2000, 'x') + R"(","session":"t#"})", "error");

  EXPECT_LE(lines_of(written), 2 * log::kDebugRate.burst);
  EXPECT_LE(written.size(), 400 * 2 * log::kDebugRate.burst);
}

} // namespace
} // namespace fanlight::test
