#!/usr/bin/env bash
# json-glib 1.6.6 (Debian 12) reads two kinds of valid JSON without an error and gives something else than what stands there:
# - a whole number above the range of 64 bits wraps around or becomes -1 (RFC 8259, section 6, lets a reader bound the range, but
#   this one says nothing);
# - a string with an escaped NUL ends at it, and its length is not to be had (RFC 8259, section 7, allows the escape).
# Seen: 9223372036854775807 -> 9223372036854775807, 9223372036854775808 -> -9223372036854775808, 99999999999999999999 -> -1, "ab\u0000cd" -> "ab".
# Who checks a number or a name after json-glib has read it checks another one than the sender wrote.
set -euo pipefail

version=1.6.6-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "libjson-glib-1.0-0=$version" 2>/dev/null
dpkg -x libjson-glib-1.0-0_*.deb root
library=$(find root -name 'libjson-glib-1.0.so.0' | head -n 1)

python3 - "$library" <<'PYTHON'
import ctypes
import sys

json = ctypes.CDLL(sys.argv[1])
for name, result, arguments in (
    ("json_parser_new", ctypes.c_void_p, []),
    ("json_parser_load_from_data", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ssize_t, ctypes.c_void_p]),
    ("json_parser_get_root", ctypes.c_void_p, [ctypes.c_void_p]),
    ("json_node_get_array", ctypes.c_void_p, [ctypes.c_void_p]),
    ("json_array_get_int_element", ctypes.c_int64, [ctypes.c_void_p, ctypes.c_uint]),
    ("json_array_get_string_element", ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_uint]),
):
    function = getattr(json, name)
    function.restype, function.argtypes = result, arguments


def read(text):
    parser = json.json_parser_new()
    if not json.json_parser_load_from_data(parser, text, len(text), None):
        sys.exit(f"changed: {text} is refused now")
    return json.json_node_get_array(json.json_parser_get_root(parser))


seen = {text: json.json_array_get_int_element(read(b"[%s]" % text), 0)
        for text in (b"9223372036854775807", b"9223372036854775808", b"99999999999999999999")}
seen[b'"ab\\u0000cd"'] = json.json_array_get_string_element(read(b'["ab\\u0000cd"]'), 0)
for text, value in seen.items():
    print(f"json-glib reads {text.decode()} as {value}")
if list(seen.values()) != [9223372036854775807, -9223372036854775808, -1, b"ab"]:
    sys.exit("changed: it was 9223372036854775807, -9223372036854775808, -1 and b'ab'")
PYTHON
