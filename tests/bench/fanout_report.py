"""The figures of fanout.py as tables for people, beside what was asked for."""

from report import table


def ratio(value: float, of: float) -> str:
    return f"{value / of:.2f}x" if of else "-"


def verdict(met: bool) -> str:
    return "met" if met else "NOT MET"


def server_row(name: str, figures: dict, floor: float | None = None) -> list[str]:
    server = figures["server"]
    return [name, str(figures["joins"]["with_picture"]), f"{server['us_per_packet']:.2f}",
            ratio(server["us_per_packet"], floor) if floor else "", f"{server['cores']:.2f}", f"{figures['self']['cores']:.2f}",
            f"{server['kb_per_viewer']:.1f}", str(server["threads"]), f"{figures['steady']['mbit_per_second']:.0f}"]


SERVER_COLUMNS = ["", "viewers", "us a packet", "of the floor", "cores", "its viewers' cores", "kB a viewer", "threads", "Mbit/s"]


def print_packet(packet: dict):
    floors = sorted(floor["us_per_packet"] for floor in packet["floor"])
    floor = floors[len(floors) // 2]
    rows = [["encrypt and send only", str(packet["floor"][0]["receivers"]), f"{floor:.2f}", "1.00x", "", "", "", "", ""],
            server_row("fanout, GCM", packet["fanout"], floor), server_row("fanout, CM-SHA1", packet["fanout_sha1"], floor),
            server_row("a webrtcbin each", packet["webrtcbin"], floor)]
    if "janus" in packet:
        rows.append(server_row("Janus", packet["janus"], floor))
    table(f"A packet of a 2 Mbit/s camera, CPU all in (floor: {', '.join(f'{value:.2f}' for value in floors)}):", SERVER_COLUMNS, rows)
    ours = packet["fanout"]["server"]["us_per_packet"]
    print(f"  at most 2 floors: {verdict(ours <= 2 * floor)}; a tenth of webrtcbin: "
          f"{ratio(packet['webrtcbin']['server']['us_per_packet'], ours)}, "
          f"{verdict(packet['webrtcbin']['server']['us_per_packet'] >= 10 * ours)}")
    if "janus" in packet:
        theirs = packet["janus"]["server"]["us_per_packet"]
        print(f"  an eighth of Janus: {ratio(theirs, ours)}, {verdict(theirs >= 8 * ours)}")
    else:
        print("  Janus is not installed (apt-get install janus): not compared")


def print_growth(growth: list[dict]):
    table("How the cost grows (400 kbit/s):", SERVER_COLUMNS, [server_row("", figures) for figures in growth])
    first, last = (figures["server"] for figures in (growth[0], growth[-1]))
    worst = max(figures["server"]["kb_per_viewer"] for figures in growth)
    print(f"  at most 60 kB a viewer: {verdict(worst <= 60)}; a packet at the most viewers within 1.3 of that at the fewest: "
          f"{ratio(last['us_per_packet'], first['us_per_packet'])}, {verdict(last['us_per_packet'] <= 1.3 * first['us_per_packet'])}")


def times_row(name: str, figures: dict) -> list[str]:
    row = [name, f"{figures['joins']['with_picture']} of {figures['joins']['started']}"]
    for times in (figures["joins"]["join_ms"], figures["joins"]["key_frame_ms"], figures["transit_ms"]):
        row.append(f"{times['p50']:.0f} / {times['p95']:.0f} / {times['p99']:.0f}")
    row.append(f"{figures['whole']['lost']} of {figures['whole']['packets']}")
    return row


TIMES_COLUMNS = ["", "joined", "join ms, p50/p95/p99", "key frame ms", "transit ms", "packets lost"]


def print_crowd(crowd: list[dict]):
    table("Crowds on one machine with their load:", SERVER_COLUMNS, [server_row("", figures) for figures in crowd])
    table("", TIMES_COLUMNS, [times_row(f"{figures['plan']['viewers']} viewers", figures) for figures in crowd])
    for figures in crowd:
        print(f"  {figures['plan']['viewers']}: no loss {verdict(figures['whole']['lost'] == 0)}; transit p99 < 100 ms "
              f"{verdict(figures['transit_ms']['p99'] < 100)}; join p99 < 500 ms {verdict(figures['joins']['join_ms']['p99'] < 500)}; "
              f"memory {figures['server']['rss'] / 1e6:.0f} MB < 1 GB {verdict(figures['server']['rss'] < 1e9)}; "
              f"packets its viewers were too slow for: {figures['self']['overflowed']}")


def print_join(join: dict):
    table("Joining at a GOP of 10 s:", TIMES_COLUMNS, [times_row("one after the other", join)])
    print(f"  key frame p95 < 100 ms: {verdict(join['joins']['key_frame_ms']['p95'] < 100)}")


def print_loss(loss: dict):
    rows = []
    for name, title in (("five_percent", "5 % lost"), ("thirty_percent", "one that loses 30 %"), ("beside", "the others beside it"),
                        ("alone", "without it")):
        figures = loss[name]
        whole = figures["whole"]
        rows.append([title, str(figures["joins"]["with_picture"]), str(whole["dropped"]), str(whole["repaired"]), str(whole["lost"]),
                     f"{100 * whole['rtx'] / max(1, whole['packets']):.1f} %", f"{figures['transit_ms']['p99']:.0f}",
                     f"{figures['healing_ms']['p95']:.0f}"])
    table("Loss:", ["", "viewers", "dropped", "repaired", "lost for good", "resent of all", "transit p99 ms", "healed p95 ms"], rows)


def print_cameras(cameras: dict):
    table("Many cameras:", SERVER_COLUMNS, [server_row(f"{len(cameras['plan']['urls'])} cameras", cameras)])
    table("", TIMES_COLUMNS, [times_row("", cameras)])


def print_turns(turns: dict):
    rows = []
    for transport, figures in turns.items():
        now, before = figures["now"]["median"], figures["before"]["median"]
        for name, unit in (("join_ms", "join, ms (p50)"), ("us_per_kb", "us a kB")):
            rows.append([transport, unit, f"{now[name]:.2f}", f"{before[name]:.2f}", ratio(now[name], before[name]),
                         verdict(now[name] <= 1.03 * before[name])])
    table("This build and the one before, in turn (medians):", ["", "", "now", "before", "ratio", "at most 1.03"], rows)


def print_report(figures: dict):
    print(f"{figures['cores']} cores, load {figures['load_before']:.1f} before and {figures['load_after']:.1f} after")
    if figures["quick"]:
        print("A quick run: too few viewers and too short for figures to be quoted.")
    for part, show in (("packet", print_packet), ("growth", print_growth), ("crowd", print_crowd), ("join", print_join),
                       ("loss", print_loss), ("cameras", print_cameras), ("turns", print_turns)):
        if part in figures:
            show(figures[part])
