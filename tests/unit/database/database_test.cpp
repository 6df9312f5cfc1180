#include "database/database.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/turn_until.h"

namespace fanlight::database {
namespace {

using test::turn_until;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const Schema kNotes{"notes",
                    {"CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT UNIQUE) STRICT"}};

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-data-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~DatabaseTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<Connection> connect() const { return Connection::open(file()).value(); }
  std::unique_ptr<Database> open(const std::vector<Schema>& schemas = {kNotes}) const {
    return Database::open(file(), schemas).value();
  }
  std::string file() const { return folder / "fanlight.db"; }

  static std::vector<std::string> notes_of(Connection& connection) {
    auto found = connection.prepare("SELECT text FROM notes ORDER BY id");
    std::vector<std::string> notes;
    while (found && *found->step()) notes.push_back(found->text(0));
    return notes;
  }
  static Result<Done> add(Connection& connection, const std::string& text) {
    const auto added = connection.run("INSERT INTO notes(text) VALUES(?)", text);
    if (!added) return added.error();
    return Done{};
  }

  std::filesystem::path folder;
};

TEST_F(DatabaseTest, GivesValuesBackAsTheyWere) {
  const auto connection = connect();
  ASSERT_TRUE(connection->run_script("CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d TEXT)"));
  const std::string bytes{"\0\xff'; --", 7};
  const std::optional<std::string> none;
  ASSERT_EQ(*connection->run("INSERT INTO t VALUES(?, ?, ?, ?)", std::int64_t{1} << 40, "마당",
                             bytes, none),
            1);

  auto found = connection->prepare("SELECT a, b, c, d FROM t WHERE b = ?", "마당");
  ASSERT_TRUE(*found->step());

  EXPECT_EQ(found->integer(0), std::int64_t{1} << 40);
  EXPECT_EQ(found->text(1), "마당");
  EXPECT_EQ(found->text(2), bytes);
  EXPECT_TRUE(found->is_null(3));
  EXPECT_FALSE(found->is_null(1));
  EXPECT_FALSE(*found->step());
}

TEST_F(DatabaseTest, SaysWhatIsWrong) {
  const auto connection = connect();
  ASSERT_TRUE(connection->migrate(kNotes));
  ASSERT_TRUE(add(*connection, "one"));

  const auto twice = add(*connection, "one");
  EXPECT_EQ(twice.error().code, Errc::conflict);
  EXPECT_THAT(twice.error().message, HasSubstr("UNIQUE constraint failed: notes.text"));
  const auto wrong = connection->prepare("SELEKT 1");
  EXPECT_EQ(wrong.error().code, Errc::internal);
  EXPECT_THAT(wrong.error().message, HasSubstr("SELEKT"));
  EXPECT_FALSE(connection->run("DELETE FROM notes", "a value too many"));
}

TEST_F(DatabaseTest, DoesAllOfATransactionOrNothing) {
  const auto connection = connect();
  ASSERT_TRUE(connection->migrate(kNotes));

  EXPECT_TRUE(connection->transact([&] { return add(*connection, "one"); }));
  const auto failed = connection->transact([&]() -> Result<Done> {
    EXPECT_TRUE(add(*connection, "two"));
    return add(*connection, "one");
  });

  EXPECT_EQ(failed.error().code, Errc::conflict);
  EXPECT_THAT(notes_of(*connection), ElementsAre("one"));
  EXPECT_TRUE(connection->transact([&] { return add(*connection, "three"); }));
}

TEST_F(DatabaseTest, KeepsWhatWasWrittenInAFileThatOnlyItsOwnerReads) {
  {
    const auto database = open();
    ASSERT_TRUE(database->wait_for([](Connection& connection) { return add(connection, "one"); }));
    struct stat status {};
    for (const char* name : {"fanlight.db", "fanlight.db-wal", "fanlight.db-shm"}) {
      ASSERT_EQ(stat((folder / name).c_str(), &status), 0) << name;
      EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
  }
  EXPECT_THAT(open()->wait_for(notes_of), ElementsAre("one"));
}

TEST_F(DatabaseTest, MakesItsFolderAndSaysWhereItCannot) {
  EXPECT_TRUE(Connection::open(folder / "more" / "fanlight.db"));

  std::ofstream{folder / "file"} << "this is a text that is longer than the head of a database";
  const auto inside = Connection::open(folder / "file" / "fanlight.db");
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().code, Errc::unavailable);
  EXPECT_THAT(inside.error().message, HasSubstr((folder / "file" / "fanlight.db").string()));
  const auto other = Connection::open(folder / "file");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::unavailable);
  EXPECT_THAT(other.error().message, HasSubstr("not a database"));
}

TEST_F(DatabaseTest, DoesNotFollowALinkInThePlaceOfItsFile) {
  std::filesystem::create_symlink(folder / "elsewhere", file());

  const auto opened = Connection::open(file());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::unavailable);
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST_F(DatabaseTest, GoesOnInMemoryWhereTheFileCannotBeOpened) {
  std::filesystem::create_directory(file());
  int reads = 0;

  const auto opened = Database::open_or_do_without(file(), {kNotes}, [&](Database& database) {
    ++reads;
    return database.wait_for([](Connection& connection) { return add(connection, "one"); });
  });

  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(reads, 1);
  EXPECT_THAT((*opened)->wait_for(notes_of), ElementsAre("one"));
  ASSERT_TRUE((*opened)->not_stored());
  EXPECT_EQ((*opened)->not_stored()->code, Errc::unavailable);
  EXPECT_EQ((*opened)->not_stored()->id, "write_failed");
  EXPECT_THAT((*opened)->not_stored()->message,
              AllOf(StartsWith("writing fanlight.db: "), HasSubstr(std::strerror(EISDIR))));
}

TEST_F(DatabaseTest, FailsWhereItCannotBeReadEvenInMemory) {
  const auto opened = Database::open_or_do_without(file(), {kNotes}, [](Database&) -> Result<Done> {
    return Error{Errc::internal, "no"};
  });

  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, EndsWith(": no"));
}

TEST_F(DatabaseTest, OpensTablesOfTheNewestVersionWithoutWriting) {
  ASSERT_TRUE(open()->wait_for([](Connection& connection) { return add(connection, "one"); }));
  const auto writer = connect();

  const auto done = writer->transact([&]() -> Result<Done> {
    const auto beside = Database::open(file(), {kNotes});
    if (!beside) return beside.error();
    EXPECT_THAT((*beside)->wait_for(notes_of), ElementsAre("one"));
    return Done{};
  });

  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(DatabaseTest, BringsTablesToTheNewestVersionOnce) {
  Schema schema = kNotes;
  ASSERT_TRUE(
      open({schema})->wait_for([](Connection& connection) { return add(connection, "one"); }));
  schema.migrations.push_back("ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 3");
  const Schema other{"other", {"CREATE TABLE others(id INTEGER) STRICT"}};

  const auto database = open({schema, other});

  const auto stars = database->wait_for([](Connection& connection) -> Result<std::int64_t> {
    auto found = connection.prepare("SELECT sum(stars) FROM notes, (SELECT count(*) FROM others)");
    if (!found) return found.error();
    (void)found->step();
    return found->integer(0);
  });
  EXPECT_EQ(*stars, 3);
  EXPECT_TRUE(Database::open(file(), {schema, other}));
}

TEST_F(DatabaseTest, LeavesTheTablesWhenAMigrationFails) {
  Schema schema = kNotes;
  ASSERT_TRUE(
      open({schema})->wait_for([](Connection& connection) { return add(connection, "one"); }));
  schema.migrations.push_back("ALTER TABLE notes ADD COLUMN stars; DROP TABLE nothing");

  const auto failed = Database::open(file(), {schema});

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("tables of notes to version 2"));
  EXPECT_THAT(open()->wait_for(notes_of), ElementsAre("one"));
}

TEST_F(DatabaseTest, LeavesADatabaseOfANewerReleaseAlone) {
  Schema newer = kNotes;
  newer.migrations.push_back("ALTER TABLE notes RENAME TO memos");
  open({newer});

  const auto older = Database::open(file(), {kNotes});

  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Errc::unavailable);
  EXPECT_THAT(older.error().message, HasSubstr("newer release"));
}

TEST_F(DatabaseTest, WorksOnAnotherThreadAndAnswersOnMainInTheOrderOfTheCalls) {
  const auto database = open();
  const auto main = std::this_thread::get_id();
  std::vector<std::string> answers;
  const auto ask = [&](const std::string& text) {
    database->run(
        [text, main](Connection& connection) {
          EXPECT_NE(std::this_thread::get_id(), main);
          return add(connection, text);
        },
        [&answers, text, main](const Result<Done>& done) {
          EXPECT_EQ(std::this_thread::get_id(), main);
          answers.push_back(text + (done ? " is there" : " failed"));
        });
  };
  ask("one");
  ask("one");
  ask("two");
  EXPECT_TRUE(answers.empty());

  turn_until([&] { return answers.size() == 3; }, "the answers");

  EXPECT_THAT(answers, ElementsAre("one is there", "one failed", "two is there"));
  EXPECT_THAT(database->wait_for(notes_of), ElementsAre("one", "two"));
}

TEST_F(DatabaseTest, FinishesItsWorkBeforeItEndsAndThenAnswersNobody) {
  bool answered = false;
  const auto held = std::make_shared<int>();
  {
    const auto database = open();
    database->run([](Connection& connection) { return add(connection, "one"); },
                  [&answered, held](const Result<Done>&) { answered = true; });
  }
  EXPECT_THAT(open()->wait_for(notes_of), ElementsAre("one"));
  turn_until([&] { return held.use_count() == 1; }, "the answer to be dropped");
  EXPECT_FALSE(answered);
}

TEST_F(DatabaseTest, TellsThatAnotherProcessHasWritten) {
  const auto ours = connect();
  const auto theirs = connect();
  ASSERT_TRUE(ours->migrate(kNotes));
  const std::int64_t before = *ours->version_of_others();

  ASSERT_TRUE(add(*ours, "ours"));
  EXPECT_EQ(*ours->version_of_others(), before);
  ASSERT_TRUE(add(*theirs, "theirs"));
  EXPECT_NE(*ours->version_of_others(), before);
}

} // namespace
} // namespace fanlight::database
