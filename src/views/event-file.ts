/**
 * The format of TensorBoard's event files: records of TFRecord, each an Event as protocol buffer. Only what scalars need is written
 * (tensorflow/core/util/event.proto and framework/summary.proto; lib/io/record_writer.cc). Pure.
 */
import type { Point } from './scalars.js';

/** Numbers of the fields. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 };
const SESSION_STATUS = 1;
const SESSION_START = 1;

/**
 * The first two records of a file: its version, and the start of a session at step 0, at which viewers forget what they have
 * read of the run before.
 */
export function beginning(time: number): Uint8Array {
  const version = text(EVENT.fileVersion, 'brain.Event:2');
  const start = message(EVENT.sessionLog, [integer(SESSION_STATUS, SESSION_START)]);
  return Buffer.concat([version, start].map(part => record([double(EVENT.wallTime, time), part])));
}

/** The record of a point. */
export function pointRecord({ step, time, scalars }: Point): Uint8Array {
  const values = scalars.map(({ tag, value }) =>
    message(SUMMARY_VALUE, [text(VALUE.tag, tag), float(VALUE.simpleValue, value)]),
  );
  return record([double(EVENT.wallTime, time), integer(EVENT.step, step), message(EVENT.summary, values)]);
}

/** Length and content, each followed by its checksum. */
function record(parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, checksum(length), content, checksum(content)]);
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(maskedCrc(bytes));
  return sum;
}

/** CRC-32C, turned and shifted so that a checksum of data that has checksums in it is not special. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C (RFC 3720, B.4). Node's zlib has only the other CRC-32. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** Kinds of fields on the wire. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const BYTES = 2;
const FOUR_BYTES = 5;

function key(field: number, wire: number): Buffer {
  return varint((field << 3) | wire);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([key(field, VARINT), varint(value)]);
}

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, EIGHT_BYTES), bytes]);
}

function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, FOUR_BYTES), bytes]);
}

function text(field: number, value: string): Buffer {
  return message(field, [Buffer.from(value)]);
}

function message(field: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([key(field, BYTES), varint(content.length), content]);
}
