#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/file_watch.h"
#include "base/token.h"
#include "config/files.h"
#include "config/store.h"

namespace fanlight::config {

/// The configuration as its two files have it: reads them again when they change, and writes the
/// managed one.
///
/// Threads: main only. Lifetime: owned by App; outlives the tokens of its subscribers.
class FileStore : public Store {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// Reading has begun, and is over.
    virtual void on_reloading() = 0;
    virtual void on_reloaded(const std::string& outcome) = 0;
  };

  /// `config` is what the service runs by, as it was read from `path`.
  FileStore(std::string path, Config config, Observer& observer);

  /// Subscribers prepare and commit in the order in which they came.
  Token subscribe(Subscriber& subscriber);
  /// From now on a change of either file is read by itself.
  void watch();

  const Config& current() const override { return current_; }
  const std::string& config_file() const override { return path_; }
  std::string cameras_file() const override;
  const std::vector<std::string>& needs_restart() const override { return needs_restart_; }
  const std::optional<Mistake>& mistake() const override { return mistake_; }
  std::uint64_t revision() const override { return revision_; }
  Drafter drafter() const override;
  using Store::change;
  Result<Diff> change(Draft draft) override;
  Result<Diff> reload() override;

 private:
  Result<Diff> take(const Files& files);
  std::variant<Config, Mistake> wanted_by(const Files& files) const;
  /// Stores and logs why the configuration stays unchanged.
  Error refuse(const Mistake& mistake);
  /// The same for files that could not be read.
  Error refuse_unread(const Mistake& mistake);
  /// Has every subscriber ready for `wanted`, or none.
  Result<Done> prepare(const Config& wanted, const Diff& diff);
  void commit(Config wanted);
  void abandon();
  void on_file_changed();

  // Given.
  const std::string path_;
  Observer& observer_;
  // Owned.
  std::vector<Subscriber*> subscribers_;
  Config current_;
  std::vector<std::string> needs_restart_;
  std::optional<Mistake> mistake_;
  Files seen_;     // What was last read, right or wrong.
  Files accepted_; // What the service runs by.
  std::uint64_t revision_ = 0;
  std::vector<std::unique_ptr<FileWatch>> watches_;
};

} // namespace fanlight::config
