// Reads a ZIP by its central directory, as any program would; knows nothing of who wrote it.

import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** Paths and contents of all entries. */
export function readZip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new Error('no end of a ZIP');
  const entries = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error(`no entry at ${at}`);
    const [method, packed, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [number, number, number];
    const path = bytes.subarray(at + 46, at + 46 + name).toString('utf8');
    entries.set(path, content(bytes, bytes.readUInt32LE(at + 42), { method, packed, size }));
    at += 46 + name + extra + comment;
  }
  return entries;
}

function content(bytes: Buffer, at: number, entry: { method: number; packed: number; size: number }): Buffer {
  if (bytes.readUInt32LE(at) !== LOCAL) throw new Error(`no file at ${at}`);
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const packed = bytes.subarray(from, from + entry.packed);
  const whole = entry.method === 0 ? packed : inflateRawSync(packed);
  if (whole.length !== entry.size) throw new Error('an entry has another size than the directory says');
  return whole;
}
