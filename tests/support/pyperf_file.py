"""Reads and writes files of pyperf's own, by nothing but docs/formats/pyperf.md.

`read(bytes)` returns a File, whose profiles have facts, strings and tables: lists of dictionaries,
strings and durations already looked up. `write(...)` makes the simple files that tests need.

SPDX-License-Identifier: MIT
"""
import struct
import zlib

MAGIC = b"\x89pyperf\n"
ESSENTIAL, COMPRESSED = 1, 2

# Section: (name, kind of column) in their order. A string is stored as a step.
COLUMNS = {
    "func": (("file", "string"), ("name", "string"), ("qualified_name", "string"),
             ("line", "number"), ("kind", "number"), ("folded_calls", "number"),
             ("folded_ticks", "number"), ("longest", "number"), ("scale", "float"),
             ("decorated", "number")),
    "node": (("parent", "parent"), ("function", "number"), ("calls", "number"),
             ("resumes", "number"), ("folded", "number"), ("unrecorded", "number"),
             ("recording", "number")),
    "thrd": (("id", "number"), ("root", "number"), ("fold_root", "index"), ("started", "number"),
             ("ended", "number"), ("open_frames", "number"), ("first_open", "number"),
             ("open_calls", "number"), ("end_seen", "number"), ("name", "string"),
             ("usage_known", "number"), ("cpu", "number"), ("voluntary", "number"),
             ("involuntary", "number")),
    "proc": (("pid", "number"), ("parent_pid", "number"), ("command", "string"),
             ("version", "string"), ("first_thread", "number"), ("thread_count", "number"),
             ("calls", "number"), ("wall", "number"), ("running", "number")),
    "open": (("node", "index"),),
    "lfun": (("function", "step"), ("thread", "step"), ("first_line", "step"),
             ("line_count", "number"), ("calls", "number"), ("inclusive", "number"),
             ("overhead", "number"), ("decorated", "number")),
    "line": (("function", "step"), ("thread", "step"), ("number", "step"), ("first_call", "step"),
             ("call_count", "number"), ("hits", "number"), ("inclusive", "number"),
             ("callees", "number"), ("entries", "number"), ("overhead", "number")),
    "lcal": (("callee", "number"), ("calls", "number"), ("inclusive", "number")),
    "srcs": (("file", "string"), ("text", "string"), ("changed", "number")),
}
WRAP = 1 << 64


# Reading.


class Contents:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        assert self.at <= len(self.data), "too short"
        return self.data[self.at - size:self.at]

    def number(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                assert value < WRAP
                return value

    def signed(self):
        value = self.number()
        return value >> 1 if value % 2 == 0 else -1 - (value >> 1)

    def float(self):
        return struct.unpack("<d", self.take(8))[0]


def columns(contents, names):
    count = contents.number()
    items = [{} for _ in range(count)]
    for name, kind in names:
        previous = 0
        for index, item in enumerate(items):
            if kind == "float":
                item[name] = contents.float()
            elif kind in ("step", "string"):
                item[name] = previous = previous + contents.signed()
            else:
                value = contents.number()
                if kind == "index":
                    value = value - 1 if value else None
                elif kind == "parent":
                    value = index - value if value else None
                item[name] = value
    return items


def durations(contents):
    found, at = {}, -1
    while True:
        step = contents.number()
        if step == 0:
            return found
        at += step
        found[at] = contents.number()


def facts(contents):
    found = {}
    for _ in range(contents.number()):
        name = contents.take(contents.number()).decode()
        kind = contents.number()
        found[name] = (kind, contents.float() if kind == 2 else contents.number())
    return found


class Profile:
    def __init__(self, found):
        self.raw_facts, self.lines_facts, self.strings, self.tables = found, None, b"", {}

    def string(self, offset):
        return self.strings[offset:self.strings.index(b"\0", offset)].decode("utf-8", "surrogatepass")

    def add(self, section, contents):
        if section == "strs":
            self.strings = contents.take(contents.number())
            return
        items = self.tables[section] = columns(contents, COLUMNS[section])
        if section == "func":
            for item in items:
                item["durations"] = durations(contents)
        elif section == "node":
            for item in items:
                item["inclusive"] = contents.signed()
            for item in reversed(items):
                item["inclusive"] = (item["inclusive"] + item["folded"]) % WRAP
                if item["parent"] is not None:
                    items[item["parent"]]["inclusive"] += item["inclusive"]

    def finish(self):
        self.facts = {name: self.string(value) if kind == 3 else value
                      for name, (kind, value) in self.raw_facts.items()}
        for section, items in self.tables.items():
            for name, kind in COLUMNS[section]:
                for item in items if kind == "string" else ():
                    item[name] = self.string(item[name])

    def path(self, node):
        """The names of the functions from a thread's root to a node."""
        names = []
        while node is not None:
            item = self.tables["node"][node]
            names.append(self.tables["func"][item["function"]]["name"])
            node = item["parent"]
        return tuple(names[-2::-1])


class File:
    def __init__(self):
        self.outcome, self.profiles, self.sections = None, [], []


def read(data):
    assert data[:8] == MAGIC and struct.unpack_from("<I", data, 8) == (1,), data[:12]
    file, at = File(), 12
    while at < len(data):
        name, flags, size, checksum = struct.unpack_from("<4sIQI", data, at)
        stored = data[at + 20:at + 20 + size]
        assert len(stored) == size and flags < 4
        assert zlib.crc32(data[at:at + 16] + stored) == checksum
        contents = Contents(zlib.decompress(stored) if flags & COMPRESSED else stored)
        section = name.decode()
        if section == "prof":
            file.profiles.append(Profile(facts(contents)))
        elif section == "lnfo":
            file.profiles[-1].lines_facts = {
                name: value for name, (_, value) in facts(contents).items()}
        elif section == "outc":
            file.outcome = {name: value for name, (_, value) in facts(contents).items()}
        elif section == "end ":
            assert contents.number() == len(file.sections) and at + 20 + size == len(data)
        else:
            file.profiles[-1].add(section, contents)
        assert contents.at == len(contents.data), "something is left in " + section
        file.sections.append((section, flags, size, len(contents.data)))
        at += 20 + size
    assert file.sections[-1][0] == "end "
    for profile in file.profiles:
        profile.finish()
    return file


# Writing.


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    return varint(2 * value if value >= 0 else -2 * value - 1)


def column(kind, values):
    if kind == "float":
        return b"".join(struct.pack("<d", value) for value in values)
    if kind in ("step", "string"):
        return b"".join(signed(value - before) for before, value in zip([0] + values, values))
    if kind == "index":
        values = [0 if value is None else value + 1 for value in values]
    elif kind == "parent":
        values = [0 if value is None else index - value for index, value in enumerate(values)]
    return b"".join(map(varint, values))


def table(name, items):
    """The columns of a section. What an item lacks is 0; strings are offsets."""
    return varint(len(items)) + b"".join(
        column(kind, [item.get(member, 0) for item in items]) for member, kind in COLUMNS[name])


def section(name, contents, flags=ESSENTIAL, compress=False):
    if compress:
        contents, flags = zlib.compress(contents), flags | COMPRESSED
    header = struct.pack("<4sIQ", name.encode(), flags, len(contents))
    return header + struct.pack("<I", zlib.crc32(header + contents)) + contents


def file(*sections):
    """A whole file of these sections, its end included."""
    return MAGIC + struct.pack("<I", 1) + b"".join(sections) + section("end ", varint(len(sections)))


def profile_sections(program, functions, nodes):
    """The sections of a profile with one thread. `functions`: (file, line, name) each; `nodes`:
    (parent, function, calls, own nanoseconds) each, whose indices count from 1: 0 is the root of
    either."""
    strings, offsets = bytearray(b"\0"), {"": 0}

    def offset(text):
        if text not in offsets:
            offsets[text] = len(strings)
            strings.extend(text.encode() + b"\0")
        return offsets[text]

    rows = [dict(kind=3, scale=1.0)]
    for path, line, name in functions:
        rows.append(dict(file=offset(path), name=offset(name), qualified_name=offset(name),
                         line=line, scale=1.0))
    tree = [dict(parent=None, calls=1)]
    for parent, function, calls, _ in nodes:
        tree.append(dict(parent=parent, function=function, calls=calls))
    own = [0] + [node[3] for node in nodes]
    thread = dict(fold_root=None, end_seen=1, name=offset("MainThread"))
    process = dict(pid=1, parent_pid=1, command=offset(program), thread_count=1)
    known = (varint(3) + b"\7program\3" + varint(offset(program))
             + b"\x14nanoseconds_per_tick\2" + struct.pack("<d", 1.0) + b"\7started\1\1")
    return [section("prof", known), section("strs", varint(len(strings)) + bytes(strings)),
            section("func", table("func", rows) + bytes(len(rows))),
            section("node", table("node", tree) + b"".join(map(signed, own)), compress=True),
            section("thrd", table("thrd", [thread])), section("proc", table("proc", [process])),
            section("open", table("open", []))]


def unpacked(data):
    """The same file without compression."""
    at, parts = 12, []
    while at < len(data):
        name, flags, size = struct.unpack_from("<4sIQ", data, at)
        stored = data[at + 20:at + 20 + size]
        parts.append(section(name.decode(), zlib.decompress(stored) if flags & COMPRESSED else stored,
                             flags & ~COMPRESSED))
        at += 20 + size
    return data[:12] + b"".join(parts)
