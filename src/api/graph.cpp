#include "api/graph.h"

#include <utility>

#include <gio/gio.h>

#include "base/main_loop.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

/// One run of `dot`. Each operation in flight holds a share of it.
struct Drawing {
  Owned<GSubprocess> process;
  OwnedBytes input;
  std::string output;
  std::size_t max_output = 0;
  std::function<void(Result<std::string>)> done;
  Timer limit;
  std::shared_ptr<std::size_t> running;
  std::string failure; ///< Why the process was ended.

  ~Drawing() { --*running; }
  void finish(Result<std::string> result) {
    limit.stop();
    if (const auto call = std::exchange(done, nullptr)) call(std::move(result));
  }
};
using DrawingPtr = std::shared_ptr<Drawing>;

DrawingPtr take(gpointer data) {
  const std::unique_ptr<DrawingPtr> held{static_cast<DrawingPtr*>(data)};
  return *held;
}

gpointer hold(const DrawingPtr& drawing) { return new DrawingPtr(drawing); }

void write_input(const DrawingPtr& drawing) {
  gsize size = 0;
  const void* data = g_bytes_get_data(drawing->input.get(), &size);
  g_output_stream_write_all_async(
      g_subprocess_get_stdin_pipe(drawing->process.get()), data, size, G_PRIORITY_DEFAULT, nullptr,
      +[](GObject* stream, GAsyncResult* result, gpointer user) {
        const DrawingPtr mine = take(user);
        g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, nullptr, nullptr);
        // Closing tells dot that this was all; if writing failed, its exit code will say why.
        g_output_stream_close(G_OUTPUT_STREAM(stream), nullptr, nullptr);
      },
      hold(drawing));
}

Error not_drawn(const std::string& why) { return {Errc::internal, "drawing the pipeline: " + why}; }

void wait_for_exit(const DrawingPtr& drawing) {
  g_subprocess_wait_check_async(
      drawing->process.get(), nullptr,
      +[](GObject* process, GAsyncResult* result, gpointer user) {
        const DrawingPtr mine = take(user);
        GError* raw = nullptr;
        const bool succeeded = g_subprocess_wait_check_finish(G_SUBPROCESS(process), result, &raw);
        const OwnedError error{raw};
        if (!mine->failure.empty()) return mine->finish(not_drawn(mine->failure));
        if (!succeeded) return mine->finish(not_drawn(error->message));
        mine->finish(std::move(mine->output));
      },
      hold(drawing));
}

/// Answers when the process has ended: GLib ends it on a thread of its own, and a server that stops
/// meanwhile would leave it behind.
void fail(const DrawingPtr& drawing, const char* why) {
  drawing->failure = why;
  g_subprocess_force_exit(drawing->process.get());
  wait_for_exit(drawing);
}

void read_output(const DrawingPtr& drawing) {
  g_input_stream_read_bytes_async(
      g_subprocess_get_stdout_pipe(drawing->process.get()), kChunk, G_PRIORITY_DEFAULT, nullptr,
      +[](GObject* stream, GAsyncResult* result, gpointer user) {
        const DrawingPtr mine = take(user);
        const OwnedBytes bytes{
            g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, nullptr)};
        gsize size = 0;
        const auto* data =
            bytes ? static_cast<const char*>(g_bytes_get_data(bytes.get(), &size)) : nullptr;
        if (size == 0) return wait_for_exit(mine);
        mine->output.append(data, size);
        if (mine->output.size() > mine->max_output) return fail(mine, "the drawing is too large");
        read_output(mine);
      },
      hold(drawing));
}

} // namespace

void Graph::draw(const std::string& dot, std::function<void(Result<std::string>)> done) {
  const auto refuse = [&done](Error error) {
    post([done = std::move(done), error = std::move(error)] { done(error); });
  };
  const std::string program = take_text(g_find_program_in_path("dot"));
  if (program.empty())
    return refuse({Errc::not_found, "drawing the pipeline: the program 'dot' is not installed "
                                    "(Debian package graphviz); pipeline.dot works without it"});
  if (*running_ >= limits_.graphs)
    return refuse(
        {Errc::busy, "drawing the pipeline: the server makes other drawings; try again later"});

  GError* raw = nullptr;
  const auto flags =
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  Owned<GSubprocess> process{g_subprocess_new(flags, &raw, program.c_str(), "-Tsvg", nullptr)};
  if (!process) {
    const OwnedError error{raw};
    return refuse({Errc::internal, std::string{"starting dot: "} + error->message});
  }
  const auto drawing = std::make_shared<Drawing>();
  drawing->process = std::move(process);
  drawing->input.reset(g_bytes_new(dot.data(), dot.size()));
  drawing->max_output = limits_.graph_size;
  drawing->done = std::move(done);
  drawing->running = running_;
  ++*running_;
  drawing->limit.once(limits_.graph, [weak = std::weak_ptr{drawing}] {
    if (const DrawingPtr late = weak.lock()) fail(late, "dot took too long");
  });
  write_input(drawing);
  read_output(drawing);
}

} // namespace fanlight::http
