# shellcheck shell=bash
# shellcheck disable=SC2317 # Functions are called by name.
# Part of ./dev: the test suites, how they are run, and what is run once more.

results=$build/results

# What tests run is built before, as a whole, and not again where a single one is repeated.
rebuild=(--no-rebuild)

# How many tests run at once: they wait for cameras, viewers and clocks most of the time.
at_once=$((2 * jobs))

# timed NAME COMMAND...: leaves for tests/tally how long a part took.
timed() {
  local name=$1 start=$SECONDS code
  shift
  "$@"
  code=$?
  echo $((SECONDS - start)) >"$results/$name.seconds"
  return "$code"
}

# record NAME COMMAND...: runs one part of the tests and leaves its exit code for tests/tally.
record() {
  local name=$1 code=0
  shift
  say "$name"
  timed "$name" "$@" || code=$?
  echo "$code" >"$results/$name.status"
}

# meson_tests NAME FOLDER ARGUMENT...
meson_tests() {
  local name=$1 folder=$2 code=0
  shift 2
  # What was written before: a program that crashes writes no results, and a name that is none no log.
  rm -f "$folder"/*.xml "$folder/meson-logs/$name".*
  meson test -C "$folder" "${rebuild[@]}" --print-errorlogs --logbase "$name" "$@" || code=$?
  [[ -e $folder/meson-logs/$name.json ]] || return "$((code ? code : 1))" # It could not be built.
  cp "$folder/meson-logs/$name.json" "$folder/meson-logs/$name.junit.xml" "$results/" || return "$((code ? code : 1))"
  return "$code"
}

# asan_tests NAME ARGUMENT...: whole stacks, or all leaks of GLib's allocator would look alike. Reports go to files, as what a
# server says is not always kept; a file is named after the program, as several tests run at once. Debian's gst-launch-1.0 cannot
# load a plug-in that was built so; whoever asks for a case gets it.
asan_tests() {
  local reports=$results/$1-reports
  mkdir -p "$reports"
  GTEST_FILTER=-CommandTest.PrintsAPipelineThatRuns ASAN_OPTIONS=fast_unwind_on_malloc=0:log_path=$reports/report:log_exe_name=1 \
    LSAN_OPTIONS=suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 G_SLICE=always-malloc GST_REGISTRY_FORK=no \
    meson_tests "$1" "$build-asan" "${@:2}"
}

# node_tests NAME FILE...: one file after the other, as browsers need the machine for themselves.
node_tests() {
  local name=$1
  shift
  FANLIGHT_BUILD=$build node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/$name.tap" "$@"
}

# What the page says of itself and of refusals does not depend on what carries the pictures.
webrtcbin_node_tests() { FANLIGHT_TEST_TRANSPORT=webrtcbin node_tests "$@"; }

# one NAME SUITE TEST [CASE]: runs one test as its suite does.
one() {
  local name=$1 suite=$2 test=$3 filter=()
  [[ -z ${4:-} ]] || filter=("--test-args=--gtest_filter=$4")
  case $suite in
    asan) asan_tests "$name" "$test" "${filter[@]}" ;;
    tsan) meson_tests "$name" "$build-tsan" "$test" "${filter[@]}" ;;
    web | browser) node_tests "$name" "tests/$suite/$test.test.js" ;;
    browser-webrtcbin) webrtcbin_node_tests "$name" "tests/browser/$test.test.js" ;;
    *) meson_tests "$name" "$build" "$test" "${filter[@]}" ;;
  esac
}

# record_one NUMBER SUITE/TEST[/CASE]
record_one() {
  local suite test filter
  IFS=/ read -r suite test filter <<<"$2"
  echo "$2" >"$results/$suite.$1.word"
  record "$suite.$1" one "$suite.$1" "$suite" "$test" "$filter"
}

# repeat SUITE: runs once more, each alone, what failed in it and may have failed because the machine was busy.
repeat() {
  local results=$results/again word number=0
  while read -r word <&3; do
    mkdir -p "$results"
    number=$((number + 1))
    say "once more, alone: $word"
    record_one "$number" "$word" 3<&-
  done 3< <(python3 tests/repeatable "${results%/again}" "$1")
}

# ready SUITE: installs what its tests need.
ready() {
  case $1 in
    service | asan)
      need "${service_packages[@]}"
      need_node
      ;;
    interop)
      need "${service_packages[@]}" "${interop_packages[@]}"
      need_node
      ;;
    web) need_node ;;
    browser | browser-webrtcbin)
      need_node
      need "${browser_packages[@]}"
      ;;
  esac
}

test_unit() { record unit meson_tests unit "$build" --suite unit --num-processes "$at_once"; }
test_plugins() { record plugins meson_tests plugins "$build" --suite plugins --num-processes "$at_once"; }
test_service() {
  ready service
  make_viewers aiortc werift
  record service meson_tests service "$build" --suite service --num-processes "$at_once"
  repeat service
}

# make_viewers STACK...: installs and compiles what the tests of tests/interop start.
make_viewers() {
  say "making viewers: $*"
  python3 tests/interop/interop_test.py "$build" --make "${@/#/--stack=}"
}

# All stacks. Go and Rust are not installed: Debian 12's are too old. Where they are missing, their stacks are skipped.
test_interop() {
  ready interop
  record interop meson_tests interop "$build" --suite interop --num-processes "$at_once"
  repeat interop
  say "tests/interop/interop_test.py $build --table writes what came of it into docs/players.md"
}

test_web() {
  ready web
  record web node_tests web tests/web/*.test.js
}

test_browser() {
  ready browser
  if find_chromium; then
    signal_beside STOP # Browsers leave no time over.
    record browser node_tests browser tests/browser/*.test.js
    repeat browser
    record browser-webrtcbin webrtcbin_node_tests browser-webrtcbin tests/browser/{first_picture,healing,later_offers,wall}.test.js
    repeat browser-webrtcbin
    signal_beside CONT
  else
    say "browser tests are skipped: no Chromium here. Ubuntu has it as a snap only; Google Chrome does as well:"
    say "  npx playwright-core install chrome    (or set CHROMIUM to a browser's path)"
    echo 77 >"$results/browser.status"
  fi
}

# ---- Sanitizers ----

# Optimised and with debug information as far as it builds fast. What sanitizers add to the code makes GCC see variables
# without a value and sizes that cannot be, mostly in the standard library.
ready_to_build_sanitized() {
  local sanitizers=thread
  [[ $1 == tsan ]] || sanitizers=address,undefined
  need "${build_packages[@]}" "${run_packages[@]}"
  warnings_are_errors
  configure "$build-$1" -Doptimization=1 -Ddebug=false "-Dcpp_args=-g1 -Wno-maybe-uninitialized -Wno-stringop-overflow" "-Dwerror=$werror" \
    "-Db_sanitize=$sanitizers" -Db_lundef=false
}

# sanitized asan|tsan TARGET...
sanitized() {
  ready_to_build_sanitized "$1" || return
  say "building in $build-$1"
  compile "$build-$1" "${@:2}"
}

build_asan() { timed build-asan sanitized asan; }

# ---- Beside the tests ----

# The process group that builds.
beside=

# build_beside SUITE...: builds for sanitizers in the time of the processor that tests leave over, a suite after the other, and
# leaves an exit code for each.
build_beside() {
  say "building meanwhile for: $*"
  set -m # A process group of its own, which can be stopped and ended as a whole.
  (
    set +m
    chrt --idle --pid 0 "$BASHPID" || renice -n 19 -p "$BASHPID" || true
    for suite; do
      code=0
      "build_$suite" || code=$?
      # Who waits for it reads it as soon as it is there.
      echo "$code" >"$results/build-$suite.part"
      mv "$results/build-$suite.part" "$results/build-$suite.code"
    done
  ) </dev/null >"$results/beside.log" 2>&1 &
  beside=$!
  set +m
  trap 'signal_beside TERM; signal_beside CONT' EXIT
}

signal_beside() { [[ -z $beside ]] || kill "-$1" -- "-$beside" 2>/dev/null || true; }

# built SUITE: builds for it, or waits until that is done beside.
built() {
  if [[ -z $beside ]]; then
    "build_$1"
    return
  fi
  say "waiting for $build-$1"
  while [[ ! -e $results/build-$1.code ]] && kill -0 "$beside" 2>/dev/null; do sleep 1; done
  [[ $(cat "$results/build-$1.code") == 0 ]] || { cat "$results/beside.log" >&2; return 1; }
}

# ---- The sanitized suites ----

# Memory and undefined behaviour, in everything.
test_asan() {
  ready asan
  built asan || { record asan false; return; }
  record asan asan_tests asan --suite unit --suite plugins --suite service --no-suite realtime --num-processes "$at_once"
  repeat asan
}

# Data races, where threads meet: in the plug-ins, and in the talk with a camera.
tsan_plugin_tests=(goptee_stress goptee_queue goptee_start goptee_pace)
tsan_fanout_tests=(element_hostile element_join element_life element_memory element_path element_repair element_tcp mailbox rtp_stream strangers transport
  transport_failure)

build_tsan() {
  local targets=("${tsan_plugin_tests[@]/#/tests/plugins/}" tests/plugins/rtspdirectsrc/rtspdirectsrc "${tsan_fanout_tests[@]/#/tests/plugins/webrtcfanout/fanout_}")
  timed build-tsan sanitized tsan plugins/libgstfanlight.so "${targets[@]/%/_test}" tests/unit/media/media-talk-test
}

test_tsan() {
  built tsan || { record tsan false; return; }
  record tsan meson_tests tsan "$build-tsan" "${tsan_plugin_tests[@]}" rtspdirectsrc "${tsan_fanout_tests[@]/#/fanout_}" media_talk
}

# ---- All ----

# In the order in which they run: what is built for sanitizers is to be there when the service's tests end.
all_suites=(unit plugins web browser service asan tsan lint)
# What is run only if it is named.
more_suites=(interop)

# What the browser's tests run.
browser_programs=("${demo[@]}" tools/load/fanlight-load tests/support/whep-viewer)

# alone SUITE/TEST[/CASE]...: single tests of suites; of what there is to build only what they run.
alone() {
  local word suite number=0 rebuild=()
  for word; do
    suite=${word%%/*}
    ready "$suite"
    number=$((number + 1))
    case $suite in
      unit | plugins | service | interop) ready_to_build ;;
      web) ;;
      browser | browser-webrtcbin)
        find_chromium || die "there is no Chromium; set CHROMIUM to a browser's path"
        build "${browser_programs[@]}"
        ;;
      asan | tsan) ready_to_build_sanitized "$suite" ;;
      *) die "there is no suite $suite" ;;
    esac
    record_one "$number" "$word"
  done
}

# suites_of NAME...: the suites that some of meson's tests are run by, a line each. It refuses what is no test.
suites_of() {
  compile "$build" build.ninja >&2 && meson introspect --tests "$build" | python3 -c '
import json, sys
suites = {test["name"]: [suite.rpartition(":")[2] for suite in test["suite"]] for test in json.load(sys.stdin)}
unknown = [name for name in sys.argv[1:] if name not in suites]
if unknown:
    sys.exit("dev: there is no suite or test " + ", ".join(unknown))
print(*{"service" if "service" in suites[name] else suites[name][-1] for name in sys.argv[1:]}, sep="\n")
' "$@"
}

# named NAME...: some of meson's tests, and of what there is to build only what they run.
named() {
  local rebuild=()
  echo "$*" >"$results/selected.word"
  record selected meson_tests selected "$build" "$@"
}

# in_chroot RELEASE [--werror] [SUITE|NAME]...
in_chroot() {
  ((EUID == 0)) || die "only root can test in another release"
  need "${chroot_packages[@]}"
  exec tests/chroot "$@"
}

# A word is a suite, the name of one of meson's tests, or a single test of a suite as tests/tally names it.
tests() {
  local word wanted= of_names suites=() names=() single=() later=() all=false
  local position
  for ((position = 1; position <= $#; position++)); do
    [[ ${!position} == --in ]] || continue
    set -- "${@:position + 1}" "${@:1:position - 1}"
    [[ -n ${1:-} && $1 != -* ]] || die "--in needs the name of a release"
    in_chroot "$@"
  done
  for word; do
    if [[ $word == --werror ]]; then werror=true
    elif [[ $word == all ]]; then wanted+=" ${all_suites[*]} "
    elif [[ $word == */* ]]; then single+=("$word")
    elif [[ " ${all_suites[*]} ${more_suites[*]} " == *" $word "* ]]; then wanted+=" $word "
    else names+=("$word"); fi
  done
  [[ -n $wanted ]] || ((${#names[@]} + ${#single[@]})) || wanted=" ${all_suites[*]} "
  for word in "${all_suites[@]}" "${more_suites[@]}"; do
    [[ $wanted != *" $word "* ]] || suites+=("$word")
  done
  trap 'exit 130' INT # meson and Node end in good order at Ctrl-C, and what comes after them is not to begin.
  rm -rf "$results"
  mkdir -p "$results"
  if ((${#names[@]})); then
    ready_to_build
    of_names=$(suites_of "${names[@]}")
    for word in $of_names; do ready "$word"; done
  fi
  for word in "${suites[@]}"; do
    [[ $word =~ ^(web|asan|tsan|lint)$ ]] || all=true # The others run what is in the build folder.
  done
  if $all; then timed build build; fi
  ((${#names[@]} == 0)) || named "${names[@]}"
  alone "${single[@]}"
  for word in "${suites[@]}"; do
    [[ ! $word =~ ^(asan|tsan)$ ]] || later+=("$word")
  done
  # All tests leave some time over, those of the service most of it.
  [[ $all == false || ${#later[@]} == 0 ]] || build_beside "${later[@]}"
  for word in "${suites[@]}"; do
    if [[ $word == lint ]]; then record lint quick_lint; else "test_$word"; fi
  done
  python3 tests/tally "$results" "$SECONDS"
}
