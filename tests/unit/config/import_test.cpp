#include <gmock/gmock.h>

#include "config/import.h"

namespace fanlight::config {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

Camera camera(const std::string& id, const std::string& url, bool managed = true) {
  Camera made;
  made.id = id;
  made.streams = {{.url = url}};
  made.origin = {managed ? "/etc/fanlight/cameras.yaml" : "/etc/fanlight/fanlight.yaml", 5,
                 managed};
  return made;
}

/// front is written by hand, yard is managed and has a password.
std::vector<Camera> running() {
  std::vector<Camera> cameras{camera("front", "rtsp://192.0.2.1/front", false),
                              camera("yard", "rtsp://192.0.2.2/main")};
  cameras[1].streams[0].username = "admin";
  cameras[1].streams[0].password = "hush";
  return cameras;
}

Import import(const std::string& yaml, const std::vector<std::string>& removed = {}) {
  return read_import(yaml, removed, running(), 10000);
}

std::vector<std::string> ids(const std::vector<Camera>& cameras) {
  std::vector<std::string> all;
  for (const Camera& one : cameras) all.push_back(one.id);
  return all;
}

/// An error whose sentence matches.
auto says(const testing::Matcher<std::string>& sentence) {
  return Field(&ImportError::why, Field(&Reason::message, sentence));
}

TEST(Import, AddsWhatIsNewAndReplacesWhatIsThere) {
  const Import read = import("cameras:\n"
                             "  - id: gate\n"
                             "    name: Gate\n"
                             "    url: rtsp://192.0.2.3/1\n"
                             "  - id: yard\n"
                             "    name: Courtyard\n"
                             "    url: rtsp://192.0.2.2/main\n"
                             "    username: admin\n");

  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read.cameras.size(), 2u);
  EXPECT_EQ(read.cameras[0].change, ImportedCamera::Change::added);
  EXPECT_EQ(read.cameras[0].name, "Gate");
  EXPECT_EQ(read.cameras[1].change, ImportedCamera::Change::changed);
  EXPECT_EQ(read.cameras[1].line, 5);
  EXPECT_THAT(ids(read.wanted), ElementsAre("front", "yard", "gate"));
  EXPECT_EQ(read.wanted[1].name, "Courtyard");
  EXPECT_EQ(read.wanted[1].streams[0].password, "hush") << "is kept for the same address";
  EXPECT_TRUE(read.wanted[2].origin.managed);
}

TEST(Import, TakesAListAloneAndJsonALine) {
  const Import read = import("- {\"id\": \"a\", \"url\": \"rtsp://192.0.2.3/a\"}\n"
                             "- {\"id\": \"b\", \"url\": \"rtsp://192.0.2.3/b\"}\n");

  EXPECT_TRUE(read.ok());
  EXPECT_THAT(ids(read.wanted), ElementsAre("front", "yard", "a", "b"));
  EXPECT_EQ(read.cameras[1].line, 2);
}

TEST(Import, TellsACameraThatStaysWhatItIs) {
  const Import read = import("- id: yard\n  url: rtsp://192.0.2.2/main\n  username: admin\n");

  ASSERT_EQ(read.cameras.size(), 1u);
  EXPECT_EQ(read.cameras[0].change, ImportedCamera::Change::unchanged);
}

TEST(Import, GivesTheLineAndTheKeyOfEveryError) {
  const Import read = import("- id: Gate!\n"
                             "  url: rtsp://192.0.2.3/1\n"
                             "- id: shed\n"
                             "  streams:\n"
                             "    - id: main\n"
                             "      url: http://192.0.2.4/\n"
                             "      latncy: 1s\n"
                             "-\n"
                             "- id: barn\n");

  EXPECT_FALSE(read.ok());
  ASSERT_EQ(read.cameras.size(), 4u);
  EXPECT_THAT(read.cameras[0].errors, ElementsAre(testing::AllOf(Field(&ImportError::key, "id"),
                                                                 Field(&ImportError::line, 1))));
  EXPECT_THAT(
      read.cameras[1].errors,
      testing::UnorderedElementsAre(
          testing::AllOf(Field(&ImportError::key, "streams[0].url"), Field(&ImportError::line, 6)),
          testing::AllOf(Field(&ImportError::key, "streams[0].latncy"),
                         Field(&ImportError::line, 7), says(HasSubstr("did you mean latency?")))));
  EXPECT_THAT(read.cameras[2].errors, ElementsAre(says(HasSubstr("is not a camera"))));
  EXPECT_THAT(read.cameras[3].errors, ElementsAre(says(HasSubstr("has no url"))));
}

TEST(Import, RefusesAnIdOrAUrlTwice) {
  const Import read = import("- {id: gate, url: 'rtsp://192.0.2.3/1'}\n"
                             "- {id: gate, url: 'rtsp://192.0.2.3/2'}\n"
                             "- {id: shed, url: 'rtsp://me:x@192.0.2.3/1'}\n"
                             "- {id: barn, url: 'rtsp://192.0.2.1/front'}\n");

  ASSERT_EQ(read.cameras.size(), 4u);
  EXPECT_THAT(read.cameras[0].errors, IsEmpty());
  EXPECT_THAT(read.cameras[1].errors, ElementsAre(says(HasSubstr("the camera on line 1"))));
  EXPECT_THAT(read.cameras[2].errors, ElementsAre(says(HasSubstr("URL of the camera on line 1"))));
  EXPECT_THAT(read.cameras[3].errors, ElementsAre(says(HasSubstr("URL of camera front"))));
}

TEST(Import, ChangesNothingThatPeopleWrote) {
  const Import read = import("- {id: front, url: 'rtsp://192.0.2.9/'}\n");

  ASSERT_EQ(read.cameras.size(), 1u);
  EXPECT_THAT(
      read.cameras[0].errors,
      ElementsAre(testing::AllOf(Field(&ImportError::key, "id"),
                                 says(HasSubstr("fanlight.yaml, line 5; change it there")))));
}

TEST(Import, RemovesNothingThatPeopleWrote) {
  const Import read = import("", {"front", "cat"});

  ASSERT_EQ(read.errors.size(), 2u);
  EXPECT_THAT(read.errors[0].why.message, HasSubstr("fanlight.yaml, line 5; remove it there"));
  EXPECT_THAT(read.errors[1].why.message, HasSubstr("there is no camera 'cat'"));
}

TEST(Import, GivesTheUrlOfARemovedCameraToAnother) {
  const Import read = import("- {id: garden, url: 'rtsp://192.0.2.2/main'}\n", {"yard"});

  EXPECT_TRUE(read.ok());
  EXPECT_THAT(ids(read.wanted), ElementsAre("front", "garden"));
}

TEST(Import, ReadsNeitherFilesNorTheEnvironment) {
  setenv("FANLIGHT_TEST_SECRET", "hidden", 1);
  const Import read = import("- id: gate\n"
                             "  name: ${FANLIGHT_TEST_SECRET}\n"
                             "  url: rtsp://192.0.2.3/1\n"
                             "- id: shed\n"
                             "  url: rtsp://192.0.2.3/2\n"
                             "  password_file: /etc/passwd\n");
  unsetenv("FANLIGHT_TEST_SECRET");

  ASSERT_EQ(read.cameras.size(), 2u);
  EXPECT_EQ(read.cameras[0].name, "${FANLIGHT_TEST_SECRET}");
  EXPECT_THAT(read.cameras[1].errors, ElementsAre(says(HasSubstr("names a file on the server"))));
}

TEST(Import, OpensNoFileWhoseKeyIsThereTwice) {
  const Import read = import("- {id: a, url: 'rtsp://192.0.2.3/', password_file: /none/a, "
                             "password_file: /none/b}\n");

  ASSERT_EQ(read.cameras.size(), 1u);
  EXPECT_THAT(read.cameras[0].errors, ElementsAre(says(HasSubstr("names a file on the server"))));
}

TEST(Import, SaysWhereTextIsNoYamlOrNoListOfCameras) {
  EXPECT_THAT(import("- id: a\n  url: [\n").errors, ElementsAre(says(HasSubstr("cannot be read"))));
  const Import more = import("server:\n  listen: 0.0.0.0:80\ncameras: []\n");
  ASSERT_EQ(more.errors.size(), 1u);
  EXPECT_EQ(more.errors[0].key, "server");
  EXPECT_EQ(more.errors[0].line, 1);
  EXPECT_THAT(import("front door").errors,
              ElementsAre(says(HasSubstr("is not a list of cameras"))));
  EXPECT_TRUE(import("").ok());
}

TEST(Import, RefusesACameraListTwiceAndASecondDocument) {
  const Import twice = import("cameras: []\ncameras:\n- {id: a, url: 'rtsp://192.0.2.3/'}\n");
  EXPECT_THAT(twice.errors,
              ElementsAre(testing::AllOf(Field(&ImportError::line, 2), says(HasSubstr("twice")))));
  for (const char* mark : {"---\n", "---\r\n", "--- # more\n"}) {
    const Import more = import("\r\n# first\n---\n- {id: a, url: 'rtsp://192.0.2.3/'}\n" +
                               std::string(mark) + "- {id: b, url: 'rtsp://192.0.2.4/'}\n");
    EXPECT_THAT(more.errors, ElementsAre(testing::AllOf(Field(&ImportError::line, 5),
                                                        says(HasSubstr("second document")))))
        << mark;
  }
}

TEST(Import, RefusesAnchorsAndAliases) {
  const Import read = import("- id: gate\n"
                             "  url: rtsp://192.0.2.3/1\n"
                             "  username: &user admin\n"
                             "- id: shed\n"
                             "  url: rtsp://192.0.2.3/2\n"
                             "  username: *user\n");

  EXPECT_THAT(read.errors, ElementsAre(testing::AllOf(Field(&ImportError::line, 3),
                                                      says(HasSubstr("in quotation marks"))),
                                       testing::AllOf(Field(&ImportError::line, 6),
                                                      says(HasSubstr("in quotation marks")))));
  EXPECT_THAT(read.cameras, IsEmpty());
  EXPECT_TRUE(
      import("- {id: a, url: 'rtsp://192.0.2.3/', password: '*user', name: \"&user\"}").ok());
}

TEST(Import, RefusesLongValues) {
  const std::string camera = "- id: gate\n  url: rtsp://192.0.2.3/1\n  name: ";

  EXPECT_TRUE(import(camera + std::string(4096, 'x')).ok());
  EXPECT_THAT(
      import(camera + std::string(4097, 'x')).errors,
      ElementsAre(testing::AllOf(Field(&ImportError::line, 3), says(HasSubstr("4096 bytes")))));
}

TEST(Import, ReadsNoMoreCamerasThanTheServerMayHave) {
  const std::string three = "- {id: a, url: 'rtsp://192.0.2.3/1'}\n"
                            "- {id: b, url: 'rtsp://192.0.2.3/2'}\n"
                            "- {id: c, url: 'rtsp://192.0.2.3/3'}\n";

  const Import read = read_import(three, {}, {}, 2);

  EXPECT_THAT(read.errors, ElementsAre(says(HasSubstr("more than 2 cameras"))));
  EXPECT_THAT(read.cameras, IsEmpty());
  EXPECT_TRUE(read_import(three, {}, {}, 3).ok());
}

TEST(Import, KeepsTheCamerasOfAServerThatHasMoreThanItMay) {
  EXPECT_TRUE(read_import("- {id: yard, url: 'rtsp://192.0.2.2/a'}\n", {}, running(), 0).ok());
}

/// 500 errors, and that there are more.
void expect_stop(const Import& import) {
  std::size_t errors = import.errors.size();
  for (const ImportedCamera& camera : import.cameras) errors += camera.errors.size();
  EXPECT_EQ(errors, 501u);
  ASSERT_FALSE(import.errors.empty());
  EXPECT_THAT(import.errors.back(), says(HasSubstr("more errors")));
}

TEST(Import, StopsAtTheFirstErrorsWhereverTheyAre) {
  expect_stop(import("", std::vector<std::string>(600, "cat")));

  std::string keys;
  for (int i = 0; i < 600; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  expect_stop(import(keys));

  std::string words = "- {id: a, url: 'rtsp://192.0.2.3/', codecs: [";
  for (int i = 0; i < 600; ++i) words += "theora, ";
  expect_stop(import(words + "]}\n"));

  std::string urls = "- {id: a, url: 'rtsp://192.0.2.3/'}\n";
  for (int i = 0; i < 600; ++i)
    urls += "- {id: c" + std::to_string(i) + ", url: 'rtsp://192.0.2.3/'}\n";
  expect_stop(import(urls));

  std::string aliases = "- &a 1\n";
  for (int i = 0; i < 600; ++i) aliases += "- *a\n";
  expect_stop(import(aliases));
}

TEST(Import, BoundsItsWorkWithWhateverIsSent) {
  EXPECT_FALSE(import(std::string(100000, '[')).ok());
  std::string keys = "- {id: a, url: 'rtsp://192.0.2.3/1'";
  for (int i = 0; i < 70; ++i) keys += ", k" + std::to_string(i) + ": 1";
  EXPECT_THAT(import(keys + "}\n").cameras.at(0).errors, ElementsAre(says(HasSubstr("too many"))));
  std::string cameras;
  for (int i = 0; i < 9000; ++i) cameras += "- {}\n";
  const Import many = import(cameras);
  EXPECT_LT(many.cameras.size(), 600u);
  EXPECT_THAT(many.errors, ElementsAre(says(HasSubstr("more errors"))));
  EXPECT_FALSE(import("- &a [*a]\n").ok());
}

} // namespace
} // namespace fanlight::config
