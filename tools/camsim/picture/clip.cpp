#include "camsim/picture/clip.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace fanlight::camsim {
namespace {

constexpr std::string_view kMagic = "fanlight-clip\n";

/// Writes the index in front of the bytes, in the byte order of this machine: a cache stays on it.
class Writer {
 public:
  void number(std::uint64_t value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Reads what Writer wrote; after the end, values are empty and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    const std::string_view bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  /// The number of items, each of which takes at least eight bytes.
  std::uint64_t count() {
    const std::uint64_t value = number();
    ok_ = ok_ && value <= rest_.size() / 8;
    return ok_ ? value : 0;
  }
  bool ok() const { return ok_; }

 private:
  std::string_view take(std::uint64_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view rest_;
  bool ok_ = true;
};

constexpr std::uint64_t kAudio = ~std::uint64_t{0};

Track read_track(Reader& reader) {
  Track track;
  if (const std::uint64_t kind = reader.number(); kind != kAudio)
    track.video = static_cast<config::VideoCodec>(kind);
  track.caps = reader.text();
  for (std::uint64_t n = reader.count(); n > 0; --n) track.headers.push_back(reader.text());
  track.numerator = reader.number();
  track.denominator = reader.number();
  track.units.resize(reader.count());
  for (Unit& unit : track.units) {
    unit.offset = reader.number();
    unit.size = static_cast<std::uint32_t>(reader.number());
    unit.display = static_cast<std::uint32_t>(reader.number());
    unit.key = reader.number() != 0;
  }
  return track;
}

bool is_sound(const Track& track, std::uint64_t size) {
  if (track.units.empty() || track.numerator == 0 || track.denominator == 0) return false;
  for (const Unit& unit : track.units) {
    if (unit.offset > size || unit.size > size - unit.offset) return false;
  }
  return true;
}

std::string make_index(const std::vector<EncodedTrack>& tracks, std::uint64_t bytes_begin) {
  Writer writer;
  writer.number(tracks.size());
  for (const auto& [track, bytes] : tracks) {
    writer.number(track.video ? static_cast<std::uint64_t>(*track.video) : kAudio);
    writer.text(track.caps);
    writer.number(track.headers.size());
    for (const std::string& header : track.headers) writer.text(header);
    writer.number(track.numerator);
    writer.number(track.denominator);
    writer.number(track.units.size());
    for (const Unit& unit : track.units) {
      writer.number(bytes_begin + unit.offset);
      writer.number(unit.size);
      writer.number(unit.display);
      writer.number(unit.key);
    }
    bytes_begin += bytes.size();
  }
  return writer.take();
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

} // namespace

void unref_memory(GstMemory* memory) { gst_memory_unref(memory); }

std::uint64_t Track::time_of(std::uint64_t n) const {
  return gst_util_uint64_scale(n, numerator * GST_SECOND, denominator);
}

Result<std::shared_ptr<const Clip>> Clip::open(const std::string& path) {
  GError* raw = nullptr;
  GMappedFile* mapped = g_mapped_file_new(path.c_str(), FALSE, &raw);
  if (const GErrorPtr error{raw}; error) return Error{Errc::not_found, error->message};
  const Owned<GMappedFile, g_mapped_file_unref> file{mapped};
  const std::string_view bytes{g_mapped_file_get_contents(mapped),
                               g_mapped_file_get_length(mapped)};

  const Error broken{Errc::invalid, path + ": not a complete clip of this version"};
  if (!bytes.starts_with(kMagic)) return broken;
  Reader reader(bytes.substr(kMagic.size()));
  if (reader.number() != kClipVersion || reader.number() != bytes.size()) return broken;

  std::shared_ptr<Clip> clip{new Clip};
  for (std::uint64_t n = reader.count(); n > 0; --n) {
    clip->tracks_.push_back(read_track(reader));
    if (!reader.ok() || !is_sound(clip->tracks_.back(), bytes.size())) return broken;
  }
  if (!reader.ok() || clip->tracks_.empty()) return broken;
  clip->bytes_.reset(gst_memory_new_wrapped(
      GST_MEMORY_FLAG_READONLY, const_cast<char*>(bytes.data()), bytes.size(), 0, bytes.size(),
      g_mapped_file_ref(mapped),
      [](gpointer p) { g_mapped_file_unref(static_cast<GMappedFile*>(p)); }));
  return std::shared_ptr<const Clip>(std::move(clip));
}

GstMemory* Clip::unit_memory(const Unit& unit) const {
  return gst_memory_share(bytes_.get(), static_cast<gssize>(unit.offset), unit.size);
}

Result<> write_clip(const std::string& path, const std::vector<EncodedTrack>& tracks) {
  // The index holds absolute offsets: its size does not depend on them.
  const std::uint64_t head = kMagic.size() + 2 * sizeof(std::uint64_t);
  const std::uint64_t begin = head + make_index(tracks, 0).size();
  std::uint64_t total = begin;
  for (const EncodedTrack& track : tracks) total += track.bytes.size();
  Writer numbers;
  numbers.number(kClipVersion);
  numbers.number(total);

  const std::string temporary = path + ".tmp." + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool written = fd >= 0 && write_all(fd, kMagic) && write_all(fd, numbers.take()) &&
                 write_all(fd, make_index(tracks, begin));
  for (const EncodedTrack& track : tracks) written = written && write_all(fd, track.bytes);
  if (fd >= 0) written = ::close(fd) == 0 && written;
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return Done{};
  const Error error{Errc::internal, "writing " + path + ": " + std::strerror(errno)};
  ::unlink(temporary.c_str());
  return error;
}

} // namespace fanlight::camsim
