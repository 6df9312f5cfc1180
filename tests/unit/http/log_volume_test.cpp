#include <algorithm>
#include <chrono>

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
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      std::string text = message;
      page.send(text.replace(text.find('#'), 1, std::to_string(i)));
    }
    for (int i = 0; i < count; ++i) page.next(type);
    log::sum_up();
    took_ = std::chrono::steady_clock::now() - began;
    return testing::internal::GetCapturedStderr();
  }
  static auto lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }
  /// Lines that one place may have written meanwhile, and their sums, one in 10 s.
  std::size_t most(log::Rate rate) const {
    return rate.burst + 2 + static_cast<std::size_t>(took_.count() * (rate.per_second + 1));
  }

 private:
  std::chrono::duration<double> took_{};
};

TEST_F(LogVolumeTest, IsBoundedWhenOneClientIsRefusedThousandsOfTimes) {
  limits.refusals_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":"watch","session":"t#","camera":"nowhere","sdp":"v=0"})", "closed");

  EXPECT_GE(lines_of(written), log::kRate.burst);
  EXPECT_LE(lines_of(written), most(log::kRate));
  EXPECT_LE(written.size(), 200 * most(log::kRate));
  EXPECT_THAT(written, HasSubstr("left out lines that came too often, like this one: refusing"));
}

TEST_F(LogVolumeTest, IsBoundedWhenDecisionsAreLoggedAndMessagesAreLong) {
  log::configure(log::Level::debug, log::Format::text);
  limits.errors_per_socket = 1'000'000;
  const std::string written =
      log_of(5000, R"({"type":")" + std::string(2000, 'x') + R"(","session":"t#"})", "error");

  EXPECT_LE(lines_of(written), most(log::kDebugRate));
  EXPECT_LE(written.size(), 400 * most(log::kDebugRate));
}

} // namespace
} // namespace fanlight::test
