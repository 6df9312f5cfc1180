"""Reads what the test runs of ./dev left in a folder.

For each run NAME there is NAME.status (the exit code of its runner) and one of
  NAME.json and NAME.junit.xml   of `meson test`; a GoogleTest program counts by its test cases,
  NAME.tap                       of `node --test`,
  neither                        a check that passes or fails as one;
NAME.word says what ./dev test was asked for, where that was not a suite;
NAME-reports/ holds what sanitizers wrote meanwhile, a file for each process, where they do not write to standard error.
"""

import json
import re
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

PASSED, FAILED, SKIPPED, FLAKY = "passed", "failed", "skipped", "flaky"
# Of what a failed test said, of the end of its log and of a sanitizer's report; a line may be the whole log of a server.
MOST_LINES = 16

# What depends on how much of the machine a test gets, for it runs with pictures and watchdogs of real time.
REALTIME = ("service", "interop", "browser", "browser-webrtcbin")
# The run of meson's tests that were asked for by their names, whatever their suites.
SELECTED = "selected"
SANITIZER = re.compile(r"(Address|Leak|Thread|Memory|UndefinedBehavior)Sanitizer|runtime error: ")
SANITIZER_SAYS = re.compile(r"ERROR: |WARNING: ThreadSanitizer|SUMMARY: |runtime error: ")
# What tests/service/process.cpp, camsim_process.cpp, tests/browser/support/child.js and tests/bench/lab.py say of a program
# that they started and that was ended by a signal of its own, and what Node says of a test file.
CRASH = re.compile(r"^(# )?crashed: |^ *signal: 'SIG", re.M)
# What the checks of tests/service/hostile say of what is not given back.
LEAK = re.compile(r"^not ok .*(left over|memory)", re.M)


@dataclass
class Outcome:
    """Of one test case, or of a test that has none."""

    run: str
    # Of meson's test or Node's file, and of the case in it.
    test: str
    case: str = ""
    result: str = PASSED
    words: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    # What forbids that it is repeated; empty where nothing does.
    final: str = ""
    # Its suite, where the run is not called by that.
    suite: str = ""
    # What ./dev test was asked for, where the run is not of a whole suite.
    asked: str = ""

    @property
    def alone(self) -> str:
        """The words that make ./dev test run it alone; a file of Node's is run as a whole, its tests build on one another."""
        suite = self.suite or self.run
        test = self.test.removesuffix(".test.js")
        return "/".join([suite, test] + ([self.case] if self.case and test == self.test else [])) if test else self.asked or suite


@dataclass
class Run:
    name: str
    code: int
    outcomes: list[Outcome]

    def of(self, result: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.result == result]

    @property
    def good(self) -> bool:
        """Something passed, nothing failed, and nothing was found that a test may not have noticed."""
        return self.code == 0 and bool(self.of(PASSED)) and not self.of(FAILED) and not any(outcome.final for outcome in self.outcomes)


# ---- meson test ----

GOOD = ("OK", "SKIP", "EXPECTEDFAIL")


def case_result(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILED
    return SKIPPED if case.find("skipped") is not None else PASSED


def case_words(case):
    failures = [*case.iter("failure"), *case.iter("error")]
    return [line for failure in failures for line in (failure.text or failure.get("message") or "").splitlines()]


def output(test):
    return "".join(test.get(stream) or "" for stream in ("stdout", "stderr"))


def case_log(text, name):
    """What a GoogleTest program said during one of its cases."""
    begin = re.search(rf"^\[ RUN +\] {re.escape(name)}$\n?", text, re.M)
    if begin is None:
        return []
    end = re.compile(rf"^\[ +(FAILED|OK|SKIPPED) +\] {re.escape(name)}\b", re.M).search(text, begin.end())
    return text[begin.end() : end.start() if end else len(text)].splitlines()


def written_during(test, path):
    begin = test.get("starttime", 0)
    end = begin + test.get("duration", 0)
    # The clock of file systems is a little behind.
    return begin - 1 <= path.stat().st_mtime <= end + 1


def meson_reports(test, folder):
    """What sanitizers wrote while a test ran."""
    return "".join(path.read_text(errors="replace") for path in sorted(folder.glob("*")) if written_during(test, path))


def report_of(text):
    """The beginning of what sanitizers say, which names the fault and where it is."""
    lines = text.splitlines()
    begin = next((at for at, line in enumerate(lines) if SANITIZER.search(line) and SANITIZER_SAYS.search(line)), len(lines))
    return lines[begin : begin + MOST_LINES]


def meson_final(run, test, text):
    suites, name = test["name"].rpartition(" / ")[::2]
    suites = suites.rpartition(":")[2].split("+")
    if test["result"] == "TIMEOUT":
        return "it hangs"  # Its limit is many times what it takes on a slow machine.
    if not (run in REALTIME or run == "asan" and "service" in suites):
        return "it needs no real time"
    if "leaks" in suites or LEAK.search(text):
        return "it is about leaks"
    if SANITIZER.search(text):
        return "a sanitizer has found something"
    code = test.get("returncode") or 0
    if CRASH.search(text) or code < 0 or code > 128:
        return f"a program of {name} has crashed"
    return ""


def meson_log(log):
    """What meson wrote of each test, a line for each when it ended; if it was killed, the last one may be cut off."""
    tests = []
    for line in log.read_text().splitlines():
        try:
            tests.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return tests


def meson_suites(junit):
    """Of the GoogleTest programs; None where meson did not come to its end, when it writes them."""
    try:
        return list(xml.parse(junit).getroot().iter("testsuite"))
    except (FileNotFoundError, xml.ParseError):
        return None


def meson_gaps(code, tests, suites):
    """Why the outcomes may not be all there are."""
    if not tests:
        yield "meson wrote of no test"
    if suites is None:
        yield "meson did not come to its end"
    failed = sum(test["result"] not in GOOD for test in tests)
    # What meson exits with is how many have failed; later versions count no further than some number beyond a hundred.
    if code != failed and not (code and failed > 100):
        yield f"meson's exit code {code} is not that of {failed} failed tests"


def suites_of(tests):
    """The suite of each test, which is the first of those that meson names."""
    names = [test["name"].rpartition(" / ")[::2] for test in tests]
    return {name: suites.rpartition(":")[2].split("+")[0] for suites, name in names}


def meson_run(run, status, code):
    """The outcomes and the gaps."""
    tests, suites = meson_log(status.with_suffix(".json")), meson_suites(status.with_suffix(".junit.xml"))
    reports = status.with_name(f"{status.stem}-reports")
    outcomes = list(meson_outcomes(run, tests, suites or [], reports))
    if run == SELECTED:
        for outcome in outcomes:
            outcome.suite = suites_of(tests).get(outcome.test, "")
    return outcomes + list(unnoticed(run, tests, outcomes, reports)), list(meson_gaps(code, tests, suites))


def unnoticed(run, tests, outcomes, folder):
    """What sanitizers wrote of programs while no test failed by it."""
    failed = {outcome.test for outcome in outcomes if outcome.result == FAILED}
    for path in sorted(folder.glob("*")):
        text = path.read_text(errors="replace")
        meanwhile = [test["name"].rpartition(" / ")[2] for test in tests if written_during(test, path)]
        if SANITIZER.search(text) and not failed.intersection(meanwhile):
            words = [f"no test noticed what is in {path.name}", f"tests meanwhile: {', '.join(meanwhile) or 'none'}"]
            yield Outcome(run, meanwhile[0] if len(meanwhile) == 1 else "", "", FAILED, words, report=report_of(text),
                          final="a sanitizer has found something")


def meson_outcomes(run, tests, suites, reports):
    for test in tests:
        good = test["result"] in GOOD
        name = test["name"].rpartition(" / ")[2]
        said = output(test)
        found = meson_reports(test, reports)
        final = meson_final(run, test, said + found)
        report = report_of(said + found)
        failed = counted = False
        for suite in suites:
            if f"{test['name']}." not in suite.get("name", ""):
                continue
            for case in suite.iter("testcase"):
                if case.get("status") == "notrun":  # Disabled.
                    continue
                full_name = f"{suite.get('name').rpartition(test['name'] + '.')[2]}.{case.get('name')}"
                outcome = Outcome(run, name, full_name, case_result(case), final=final)
                counted = True
                if outcome.result == FAILED:
                    failed = True
                    outcome.words, outcome.report = case_words(case), report
                    outcome.log = without(case_log(said, outcome.case), outcome.words) or (test.get("stderr") or "").splitlines()
                yield outcome
        # A program can fail beside its cases: a crash, a leak found at exit, a timeout.
        if not good and not failed:
            words = [f"{test['result']}, exit code {test.get('returncode') or 0}", *beside_cases(said)]
            yield Outcome(run, name, "", FAILED, words, said.splitlines(), report, final)
        elif not counted:
            yield Outcome(run, name, "", SKIPPED if test["result"] == "SKIP" else PASSED, final=final)


def beside_cases(text):
    """What TAP refuses, or the last case that GoogleTest began."""
    lines = text.splitlines()
    begun = [line for line in lines if line.startswith("[ RUN ")]
    return [line for line in lines if line.startswith(("not ok ", "Bail out!"))] + begun[-1:]


def without(lines, others):
    known = {line.strip() for line in others}
    return [line for line in lines if line.strip().removesuffix(": Failure") not in known]


# ---- node --test ----

# What Node tells of a failed test and is of use to who reads it.
TAP_KEYS = ("error", "expected", "actual", "signal", "exitCode")


def tap_details(block):
    """The words of a failed test, where they were said, and the file that it is in."""
    words, where, file, key = [], "", "", ""
    for line in block.splitlines():
        line = line[2:] if line.startswith("  ") else line
        if line in ("---", "..."):
            continue
        if match := re.match(r"(\w+): ?(.*)", line):
            key = match[1]
            if key == "location":
                file = re.sub(r".*/|(:\d+)*'$", "", match[2])
        if key in TAP_KEYS:
            words.append(line)
        elif key == "stack" and not where and (match := re.search(r"[\w.-]+\.test\.js:\d+:\d+", line)):
            where = match[0]
    return words + ([f"at {where}"] if where else []), file


def tap_final(run, text):
    if run not in REALTIME:
        return "it needs no real time"
    return "a program has crashed" if CRASH.search(text) else ""


def tap_failures(run, text, final):
    for match in re.finditer(r"^( *)(not )?ok \d+ -? ?(.*)\n((?:\1 +.*\n|\1\n)*)", text, re.M):
        name = re.sub(r"\\(.)", r"\1", match[3])
        if re.search(r" # (TODO|SKIP)\b", match[3]) or not match[2]:
            continue
        words, file = tap_details(match[4])
        if file and name.endswith(file):  # A hook of the file, or all of it.
            name = ""
        long = len(words) > 2 * MOST_LINES
        yield Outcome(run, file, name, FAILED, words[:MOST_LINES] if long else words, words[MOST_LINES:] if long else [],
                      final=final or ("" if file else "Node does not say which file it is in"))


def tap_counts(text):
    return {name: int(number) for name, number in re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", text, re.M)}


def tap_gaps(code, text):
    """Why the outcomes may not be all there are."""
    counts = tap_counts(text)
    if "pass" not in counts or "fail" not in counts:
        yield "Node did not come to its summary"
    elif code != (1 if counts["fail"] + counts.get("cancelled", 0) else 0):
        yield f"Node's exit code {code} is not that of {counts['fail']} failed tests"


def tap_run(run, text):
    """Names of the failed, numbers of the others: those of Node's summary, which knows what counts as a test."""
    counts = tap_counts(text)
    count = lambda *names: sum(counts.get(name, 0) for name in names)
    final = tap_final(run, text)
    failed = list(tap_failures(run, text, final))
    unnamed = count("fail", "cancelled") - len(failed)
    passed = [re.sub(r"\\(.)", r"\1", name) for name in re.findall(r"^ok \d+ - (.*)$", text, re.M) if " # " not in name]
    passed += [""] * (count("pass") - len(passed))
    return (
        [Outcome(run, "", name, final=final) for name in passed[: count("pass")]]
        + failed
        + [Outcome(run, "", result=FAILED, final="it has no name")] * unnamed
        + [Outcome(run, "", result=SKIPPED)] * count("skipped", "todo")
    )


# ---- all ----


def read_run(status) -> Run:
    run, code = status.stem, int(status.read_text())
    suite = run.split(".")[0]
    tap, gaps = status.with_suffix(".tap"), []
    if status.with_suffix(".json").exists():
        outcomes, gaps = meson_run(suite, status, code)
    elif tap.exists():
        text = tap.read_text(errors="replace")
        outcomes, gaps = tap_run(suite, text), list(tap_gaps(code, text))
    else:
        outcomes = [Outcome(suite, "", result=SKIPPED if code == 77 else PASSED if code == 0 else FAILED, final="it is no test")]
    if gaps:  # Of a runner that was killed: what it did not come to may have failed.
        outcomes.append(Outcome(suite, "", "", FAILED, gaps, final="nobody knows what else failed"))
    word = status.with_suffix(".word")
    if word.exists():
        for outcome in outcomes:
            outcome.asked = word.read_text().strip()
    return Run(run, code, outcomes)


def read_runs(folder) -> list[Run]:
    return [read_run(path) for path in sorted(Path(folder).glob("*.status"), key=lambda path: path.stat().st_mtime_ns)]
