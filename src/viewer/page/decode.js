// Reads the data in the page: docs/formats/html.md says what is where.
// SPDX-License-Identifier: MIT

const VERSION = 2;
const FLAG = { tree: 1, cpuTime: 2, compensated: 4, endUnknown: 8, running: 16 };

function bytesOfBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.decoder = new TextDecoder();
  }

  number() {
    let byte = this.bytes[this.at++];
    if (byte < 128) return byte;
    let value = byte & 127;
    let weight = 128;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * weight;
      weight *= 128;
    } while (byte >= 128);
    return value;
  }

  float() {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  text() {
    const size = this.number();
    this.at += size;
    return this.decoder.decode(this.bytes.subarray(this.at - size, this.at));
  }

  // So many numbers, in one loop over one kind of array, which engines make fast code of.
  numbers(count) {
    const column = new Float64Array(count);
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < count; i++) {
      let byte = bytes[at++];
      let value = byte & 127;
      for (let weight = 128; byte >= 128; weight *= 128) {
        byte = bytes[at++];
        value += (byte & 127) * weight;
      }
      column[i] = value;
    }
    this.at = at;
    return column;
  }

  list(count, read) {
    const items = new Array(count);
    for (let i = 0; i < count; i++) items[i] = read(i);
    return items;
  }
}

function readPaths(reader, count) {
  const known = new Map();
  let before = new Uint8Array(0);
  return reader.list(count, () => {
    const shared = reader.number();
    const size = reader.number();
    const path = new Uint8Array(shared + size);
    path.set(before.subarray(0, shared));
    path.set(reader.bytes.subarray(reader.at, reader.at + size), shared);
    reader.at += size;
    before = path;
    const text = reader.decoder.decode(path);
    if (!known.has(text)) known.set(text, text);
    return known.get(text);
  });
}

function readRows(reader) {
  const count = reader.number();
  const files = readPaths(reader, count);
  const rows = files.map((file, id) => ({ id, file }));
  for (const row of rows) row.name = reader.text();
  for (const row of rows) row.line = reader.number();
  for (const row of rows) row.calls = reader.number();
  for (const row of rows) row.primitive = reader.number();
  for (const row of rows) row.self = reader.float();
  for (const row of rows) row.cumulative = reader.float();
  for (const row of rows)
    if (reader.number())
      row.spread = { median: reader.float(), high: reader.float(), longest: reader.float() };
  for (const row of rows) row.callees = [];
  for (const row of rows)
    row.callers = reader.list(reader.number(), () => {
      const edge = {
        caller: reader.number(),
        callee: row.id,
        calls: reader.number(),
        primitive: reader.number(),
        self: reader.float(),
        cumulative: reader.float(),
      };
      rows[edge.caller].callees.push(edge);
      return edge;
    });
  return rows;
}

function readRun(reader) {
  return {
    program: reader.text(),
    python: reader.text(),
    engine: reader.text(),
    startedAt: reader.number(),
    wall: reader.float(),
    overhead: reader.float(),
    lostCalls: reader.number(),
    children: reader.number(),
    tick: reader.float(),
  };
}

function readFunctions(reader) {
  return reader.list(reader.number(), () => {
    const kind = reader.number();
    const row = reader.number() - 1;
    const qualified = reader.text();
    if (row >= 0) return { kind, row, qualified };
    return { kind, row, qualified, file: reader.text(), name: reader.text(), line: reader.number() };
  });
}

function readTree(reader) {
  const leastShare = reader.float();
  const processes = reader.list(reader.number(), () => ({
    pid: reader.number(),
    command: reader.text(),
    firstThread: reader.number(),
    threadCount: reader.number(),
  }));
  const threads = reader.list(reader.number(), () => ({ osId: reader.number(), name: reader.text() }));
  const leftOut = reader.number();
  const folded = reader.number();
  const count = reader.number();
  return {
    leastShare, processes, threads, leftOut, folded, count,
    up: reader.numbers(count),
    func: reader.numbers(count),
    calls: reader.numbers(count),
    resumes: reader.numbers(count),
    self: reader.numbers(count),
    elsewhere: reader.numbers(count),
  };
}

function readLines(reader) {
  const functions = reader.list(reader.number(), () => ({
    func: reader.number(),
    calls: reader.number(),
    inclusive: reader.number(),
  }));
  const lines = reader.list(reader.number(), () => ({
    func: reader.number(),
    number: reader.number(),
    hits: reader.number(),
    inclusive: reader.number(),
    callees: reader.number(),
  }));
  return { functions, lines };
}

function readSources(reader) {
  const sources = new Map();
  for (let count = reader.number(); count > 0; count--) {
    const file = reader.text();
    const changed = reader.number() !== 0;
    sources.set(file, { changed, text: reader.text() });
  }
  return sources;
}

// Everything in the page, as it was written; times of the tree and of lines are in ticks.
export async function decodePage(base64) {
  const reader = new Reader(await inflate(bytesOfBase64(base64)));
  const version = reader.number();
  if (version !== VERSION) throw new Error(`the data have version ${version}, not ${VERSION}`);
  const bits = reader.number();
  const flags = {};
  for (const name of Object.keys(FLAG)) flags[name] = (bits & FLAG[name]) !== 0;
  const page = { flags, rows: readRows(reader), run: null, functions: [], tree: null, lines: null };
  if (flags.tree) {
    page.run = readRun(reader);
    page.functions = readFunctions(reader);
    page.tree = readTree(reader);
    page.lines = readLines(reader);
  }
  page.sources = readSources(reader);
  return page;
}
