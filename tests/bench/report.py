"""The figures as tables for people."""

LIMIT_VIEWER = {"cpu_percent_per_viewer": 0.55, "rss_mb_per_viewer": 1.0, "threads_per_viewer": 8}
LIMIT_CAMERA = {"cpu_percent_per_camera": 0.56, "rss_mb_per_camera": 1.3, "threads_per_camera": 4}
LIMIT_DTLS_MS = 200
LIMIT_FRAME_MS = 100


def table(title: str, columns: list[str], rows: list[list[str]]):
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, ["-" * width for width in widths], *rows]:
        cells = [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def against(value: float, limit: float | None, digits: int = 2) -> str:
    """The value, and how many times the limit it is."""
    text = f"{value:.{digits}f}"
    return f"{text} ({value / limit:.2f}x)" if limit else text


def times(spread: dict) -> str:
    return f"{spread['median']:.0f} / {spread['p95']:.0f}"


def cost_rows(results: list[dict], what: str, limits: dict, name: str, extra=()) -> list[list[str]]:
    rows = []
    for result in results:
        row = [f"{result[what + 's']} {what}s, {name}"]
        for column in (f"cpu_percent_per_{what}", f"rss_mb_per_{what}", f"threads_per_{what}"):
            row.append(against(result[column], limits[column]))
        row.append(f"{result[f'fds_per_{what}']:.1f}")
        row += [result[column] if isinstance(result.get(column), str) else
                f"{result[column]:.2f}" if column in result else "" for column in extra]
        rows.append(row)
    return rows


def print_viewers(viewers: dict):
    columns = ["", "CPU %", "RSS MB", "threads", "fds", "us a packet", "packets/s", "Mbit/s", "groups dropped"]
    extra = ["us_per_packet", "packets_per_second", "mbits_per_viewer", "groups_dropped"]
    rows = cost_rows(viewers["results"], "viewer", LIMIT_VIEWER, "Fanlight", extra)
    rows += cost_rows(viewers.get("rival") or [], "viewer", LIMIT_VIEWER, "naive", extra)
    table("A viewer costs, above the camera alone (and as a multiple of the limit):", columns, rows)

    rows = [[f"{r['viewers']} watching", times(r["post_to_answer_ms"]), times(r["post_to_ice_ms"]),
             times(r["post_to_dtls_ms"]), times(r["post_to_key_frame_ms"]), times(r["rtt_ms"])]
            for r in viewers["results"]]
    rows += [[f"{r['viewers']} joining, naive", "", "", f"{r['post_to_dtls_ms']:.0f}",
              f"{r['post_to_key_frame_ms']:.0f}", ""] for r in viewers.get("rival") or []]
    table(f"One more joins, ms from POST, median / 95th percentile (limit: DTLS done {LIMIT_DTLS_MS}):",
          ["", "answer", "ICE", "DTLS done", "key frame", "rtt"], rows)


def print_browser(joins: list[dict], gop: float):
    def of(values):
        values = sorted(value for value in values if value is not None)
        if not values:
            return "-"
        return f"{values[len(values) // 2]:.0f} / {values[min(len(values) - 1, int(len(values) * 0.95))]:.0f}"

    row = ["Chromium", of(j["answer"] for j in joins), of(j["ice"] for j in joins), of(j["dtls"] for j in joins),
           of(j["frame"] for j in joins), of(j["frame"] - j["ice"] for j in joins), of(j["buffer"] for j in joins)]
    table(f"{len(joins)} joins in Chromium at a GOP of {gop:g} s, ms (limit: ICE to first frame {LIMIT_FRAME_MS}):",
          ["", "answer", "ICE", "DTLS", "first frame", "ICE to first frame", "jitter buffer"], [row])


def print_cameras(cameras: dict):
    columns = ["", "CPU %", "RSS MB", "threads", "fds", "of RSS, cached MB"]
    rows = cost_rows(cameras["results"], "camera", LIMIT_CAMERA, "Fanlight", ["cached_mb_per_camera"])
    rows += cost_rows(cameras.get("rival") or [], "camera", LIMIT_CAMERA, "naive", ["cached_mb_per_camera"])
    table("A camera without viewers costs (and as a multiple of the limit):", columns, rows)


def print_report(figures: dict):
    machine = figures["machine"]
    speed = " and ".join(f"{value:.2f}" for value in figures["gcm_gb_per_second"])
    print(f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}; load {machine['load'][0]:.1f} before, "
          f"{figures['load_after']:.1f} after; AES-128-GCM {speed} GB/s")
    if figures["quick"]:
        print("A quick run: windows are too short for figures to be quoted.")
    if viewers := figures.get("viewers"):
        print_viewers(viewers)
        if viewers["browser"]:
            print_browser(viewers["browser"], figures["gop_s"])
    if cameras := figures.get("cameras"):
        print_cameras(cameras)
    results = [*figures.get("viewers", {}).get("results", []), *figures.get("cameras", {}).get("results", [])]
    busy = max((result["others_cores"] for result in results), default=0)
    if busy > machine["cores"] / 2:
        print(f"\nOther processes, cameras and viewers included, used up to {busy:.1f} cores: times are too long.")
