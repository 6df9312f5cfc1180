#include "api/camera_list.h"

#include <utility>

#include "api/views.h"
#include "base/main_loop.h"

namespace fanlight::http {
namespace {

std::string state_of(const cameras::CameraInfo& camera) {
  json::Writer json;
  json.object([&] {
    json.member("id", camera.id);
    json.member("state", camera.best.state);
    if (!camera.best.reason.empty()) json.member("reason", camera.best.reason);
  });
  return json.text();
}

/// Whether the camera is live, or idle because it connects on demand and has no viewers.
bool is_ready(const cameras::CameraInfo& camera) {
  return camera.best.state == "live" ||
         (camera.best.state == "idle" && camera.best.pull == "on_demand");
}

OwnedBytes to_bytes(const std::string& text) {
  return OwnedBytes{g_bytes_new(text.data(), text.size())};
}

OwnedBytes states(const char* word, const std::string& states) {
  return to_bytes(std::string{R"({"status":")"} + word + R"(","version":")" FANLIGHT_VERSION +
                  R"(","cameras":)" + states + '}');
}

/// Adds an element to a JSON array that is not closed yet.
void append(std::string& array, const std::string& element) {
  if (array.size() > 1) array += ',';
  array += element;
}

} // namespace

CameraList::CameraList(cameras::CameraDirectory& directory, const Limits& limits)
    : directory_(directory), limits_(limits) {
  directory_.add_observer(*this);
}

CameraList::~CameraList() { directory_.remove_observer(*this); }

bool CameraList::is_old(gint64 written_at) const {
  return written_at == 0 || g_get_monotonic_time() - written_at >=
                                std::chrono::microseconds{limits_.camera_list}.count();
}

void CameraList::get(Done done) {
  if (texts_ && !is_old(made_at_)) return done(*texts_);
  waiting_.push_back(std::move(done));
  if (waiting_.size() == 1) write_due();
}

void CameraList::write_due() {
  std::vector<std::string> due;
  for (std::string& id : directory_.camera_ids())
    if (const auto entry = entries_.find(id);
        entry == entries_.end() || is_old(entry->second.written_at))
      due.push_back(std::move(id));
  const std::size_t count = due.size();
  spread(
      count,
      [this, alive = std::weak_ptr{alive_}, due = std::move(due)](std::size_t i) {
        if (!alive.expired()) write(due[i]);
      },
      [this, alive = std::weak_ptr{alive_}] {
        if (!alive.expired()) finish();
      });
}

void CameraList::write(const std::string& id) {
  const auto camera = directory_.camera(id);
  if (!camera) return; // It was removed meanwhile.
  json::Writer json;
  json.object([&] { json::write_members(json, *camera); });
  entries_[id] = {json.text(), state_of(*camera), is_ready(*camera), g_get_monotonic_time()};
  ++written_;
}

void CameraList::finish() {
  const auto texts = std::make_shared<Texts>();
  std::string all_states(1, '[');
  texts->cameras += '[';
  for (const std::string& id : directory_.camera_ids()) {
    const auto entry = entries_.find(id);
    // A camera that is new, or has changed while others were written.
    if (entry == entries_.end() || entry->second.written_at == 0) return write_due();
    append(texts->cameras, entry->second.camera);
    append(all_states, entry->second.state);
    texts->ready = texts->ready && entry->second.ready;
  }
  texts->cameras += ']';
  all_states += ']';
  texts->list = to_bytes("{\"cameras\":" + texts->cameras + '}');
  texts->health = states("ok", all_states);
  texts->readiness = states(texts->ready ? "ready" : "not ready", all_states);
  texts_ = texts;
  made_at_ = g_get_monotonic_time();
  texts->number = ++made_;
  auto waiting = std::exchange(waiting_, {});
  const std::size_t count = waiting.size();
  spread(count,
         [this, alive = std::weak_ptr{alive_}, waiting = std::move(waiting), texts](std::size_t i) {
           if (alive.expired()) return;
           // The camera objects may have changed meanwhile: texts that are out of date are not
           // sent.
           texts_ == texts ? waiting[i](*texts) : get(waiting[i]);
         });
}

void CameraList::on_camera_changed(const cameras::CameraInfo& info) {
  texts_.reset();
  if (const auto entry = entries_.find(info.id); entry != entries_.end())
    entry->second.written_at = 0;
}

void CameraList::on_cameras_replaced() {
  texts_.reset();
  // Names and streams may be others.
  entries_.clear();
}

} // namespace fanlight::http
