#include <atomic>
#include <future>
#include <memory>
#include <string_view>

#include <gmock/gmock.h>

#include "settings_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SettingsImportTest : public SettingsTest {
 protected:
  Response patch(const std::string& body) { return json("PATCH", "/api/cameras", body); }
};

TEST_F(SettingsImportTest, ChangesManyCamerasAsOne) {
  const Response changed = patch(
      R"({"yaml": "- {id: gate, url: 'rtsp://192.0.2.3/1', password: secret}\n- id: shed\n  url: rtsp://192.0.2.4/1",
               "remove": ["yard"]})");

  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body,
              AllOf(HasSubstr("\"saved\":true"),
                    HasSubstr(R"("id":"shed","name":"","line":2,"change":"added","errors":[])"),
                    Not(HasSubstr("secret"))));
  EXPECT_THAT(ids(), ElementsAre("front", "gate", "shed"));
  EXPECT_EQ(store.changes, 1);
}

TEST_F(SettingsImportTest, IsReadAgainIfSomebodyElseChangesTheCamerasMeanwhile) {
  store.after_drafter = [this] {
    auto without_yard = config.cameras;
    without_yard.pop_back();
    ASSERT_TRUE(store.change(without_yard));
  };

  const Response changed = patch(R"({"yaml": "- {id: gate, url: 'rtsp://192.0.2.3/1'}"})");

  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(ids(), ElementsAre("front", "gate"));
  EXPECT_EQ(store.changes, 2);
}

TEST_F(SettingsImportTest, SaysWhatItWouldDoAndSavesNothing) {
  const Response report =
      patch(R"({"yaml": "- id: gate\n  url: http://192.0.2.3/\n", "dry_run": true})");

  EXPECT_EQ(report.status, 200) << report.body;
  EXPECT_THAT(report.body, AllOf(HasSubstr("\"saved\":false"), HasSubstr("\"key\":\"url\""),
                                 HasSubstr("\"line\":2"), HasSubstr("is not an RTSP URL"),
                                 HasSubstr("\"message_code\":\"not_rtsp_url\"")));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, SavesNothingIfOneCameraIsWrong) {
  const Response refused =
      patch(R"({"yaml": "- {id: a, url: 'rtsp://192.0.2.3/'}\n- {id: b, url: 'http://x/'}"})");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"code\":\"invalid\""),
                                  HasSubstr("\"key\":\"cameras[1].url\""), HasSubstr("line 2: ")));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, BoundsTheNumberOfCameras) {
  std::string yaml;
  for (std::size_t i = 0; i < limits.cameras; ++i)
    yaml +=
        "- {id: c" + std::to_string(i) + ", url: 'rtsp://192.0.2.9/" + std::to_string(i) + "'}\\n";
  const Response refused = patch(R"({"yaml": ")" + yaml + "\"}");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("its limit is 1000"));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, ReadsNoListOfMoreCamerasThanTheServerMayHave) {
  std::string yaml;
  for (std::size_t i = 0; i <= limits.cameras; ++i) yaml += "- {}\\n";
  const Response refused = patch(R"({"yaml": ")" + yaml + "\"}");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("has more than 1000 cameras"));
}

TEST_F(SettingsImportTest, RefusesMembersOfAnotherType) {
  for (const char* body : {R"({"yaml": 1})", R"({"remove": "yard"})", R"({"remove": [1]})",
                           R"({"dry_run": "yes"})", R"({"yaml": ["a"]})"})
    EXPECT_EQ(patch(body).status, 400) << body;
  EXPECT_EQ(patch("{}").status, 200) << "nothing to do";
}

TEST_F(SettingsImportTest, TellsThatTheFileWasEdited) {
  store.error = Error{Errc::conflict, "cameras.yaml was edited"};

  const Response refused = patch(R"({"remove": ["yard"]})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("changed_by_hand"));
}

/// Imports are held where they are worked out until go().
class ImportQueueTest : public SettingsImportTest {
 protected:
  static constexpr const char* kGate = R"({"yaml": "- {id: gate, url: 'rtsp://192.0.2.3/1'}"})";

  explicit ImportQueueTest(std::size_t imports) {
    limits.imports = imports;
    store.while_drafting = [this, held = may_go_.get_future().share()] {
      ++drafts;
      held.wait();
    };
  }
  ~ImportQueueTest() override {
    if (!gone_) go(); // The server waits for its worker.
  }
  void go() {
    gone_ = true;
    may_go_.set_value();
  }
  /// Waits until the import that `begin` begins is in the queue.
  template <typename Begin> void wait_in_queue(Begin begin_import) {
    bool queued = false;
    store.after_drafter = [&queued] { queued = true; };
    begin_import();
    turn_until([&queued] { return queued; }, "an import in the queue");
  }
  std::shared_ptr<Response> begin_gate() {
    auto response = std::make_shared<Response>();
    wait_in_queue([&] {
      begin({"PATCH", "/api/cameras", kGate, "application/json", {}}, response);
    });
    return response;
  }
  void wait_for(const Response& response) {
    turn_until([&response] { return response.status != 0; }, "the answer to an import");
  }

  std::atomic<int> drafts = 0;

 private:
  std::promise<void> may_go_;
  bool gone_ = false;
};

class FullImportQueueTest : public ImportQueueTest {
 protected:
  FullImportQueueTest() : ImportQueueTest(1) {}
};

TEST_F(FullImportQueueTest, RefusesAnotherImportUntilOneIsAnswered) {
  const auto first = begin_gate();

  const Response refused = patch(kGate);
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"detail_code\":\"imports_busy\""));

  go();
  wait_for(*first);
  EXPECT_EQ(first->status, 200) << first->body;
  EXPECT_EQ(patch(kGate).status, 200);
}

class LeftImportQueueTest : public ImportQueueTest {
 protected:
  LeftImportQueueTest() : ImportQueueTest(2) {}
};

TEST_F(LeftImportQueueTest, DoesNotWorkForAClientThatHasLeft) {
  const auto first = begin_gate();
  const auto without_it = open_descriptors();
  {
    RawClient leaving{server->port()};
    wait_in_queue([&] {
      leaving.write(
          "PATCH /api/cameras HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server->port()) +
          "\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(std::string_view{kGate}.size()) + "\r\n\r\n" + kGate);
    });
    leaving.close();
    turn_until([&] { return open_descriptors() == without_it; }, "the end of its connection");
  }

  go();
  wait_for(*first);
  EXPECT_EQ(patch("{}").status, 200); // Comes after the one that was left.

  EXPECT_EQ(drafts, 2);
}

} // namespace
} // namespace fanlight::test
