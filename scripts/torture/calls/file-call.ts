/** Calls of the system on files, and what they are made of. */
import fs from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is asked of the system. */
export interface FileCall {
  op:
    | 'open'
    | 'create'
    | 'read'
    | 'write'
    | 'sync'
    | 'truncate'
    | 'close'
    | 'rename'
    | 'link'
    | 'unlink'
    | 'rmdir'
    | 'mkdir'
    | 'readdir'
    | 'stat'
    | 'access';
  path: string;
  /** The new name of what is renamed or linked. */
  to?: string;
  /** Identifies the file that is open: it may have lost its name. */
  file?: OpenFile;
  /** Bytes written, and where; `at` is null for the end of the file. */
  data?: Uint8Array;
  at?: number | null;
  /** Length after truncation. */
  length?: number;
}

/** A file that is open. */
export interface OpenFile {
  path: string;
  /** Where the next write without a place goes; null: at the end. */
  position: number | null;
}

/** How a call fails: an error of the system, or only half of it is done. */
export type Failure = NodeJS.ErrnoException | 'half';

export interface Gate {
  /** Called before each call: null lets it happen. */
  before(call: FileCall): Failure | null;
  /** Called after each call that succeeded. */
  after?(call: FileCall): void;
}

/** Does a call unless the gate makes it fail. `half` does a part of it. */
export type Pass = <T>(call: FileCall, act: () => T, half?: (() => T) | null) => T;

/** Node.js's own functions. */
export const original: typeof fs = { ...fs };
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Whether Node.js reads the file to load the program. */
export function isOfProgram(path: string): boolean {
  return (
    path.includes('node_modules') || (path.startsWith(ROOT) && /\.[cm]?js$|\.json$|\.node$|\.map$/.test(path))
  );
}

export type Path = string | URL | Buffer;
export const textOf = (path: Path) => resolve(path instanceof URL ? fileURLToPath(path) : String(path));

const isWriting = (flags: unknown) =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
    : /[wa+]/.test(String(flags ?? 'r'));
const isAppending = (flags: unknown) => typeof flags === 'string' && flags.startsWith('a');
const makesFile = (flags: unknown) =>
  typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /[wa]/.test(String(flags ?? 'r'));
const empties = (flags: unknown) => typeof flags === 'string' && flags.startsWith('w');

/** How a file is opened. */
export function opening(path: Path, flags: unknown): { call: FileCall; file: OpenFile } {
  const file: OpenFile = { path: textOf(path), position: isAppending(flags) ? null : 0 };
  const isNew = makesFile(flags) && !original.existsSync(path as string);
  const op = isNew ? 'create' : 'open';
  const call: FileCall = { op, path: file.path, file };
  if (!isNew && empties(flags)) call.length = 0;
  else if (op === 'open' && isWriting(flags)) call.data = new Uint8Array(0);
  return { call, file };
}

export const halfOf = (bytes: Uint8Array) => bytes.subarray(0, Math.max(1, Math.floor(bytes.length / 2)));

/** Offset, length and position of read(fd, buffer, …), which takes them in several forms. */
export function placeOf(buffer: NodeJS.ArrayBufferView, rest: unknown[]) {
  const [first, second, third] = rest;
  const named = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : null;
  const offset = Number((named ? named.offset : first) ?? 0);
  const length = Number((named ? named.length : second) ?? buffer.byteLength - offset);
  const position = (named ? named.position : third) ?? null;
  return { offset, length, position: position as number | null };
}

export function bytesOf(data: Uint8Array | string, [offset, length]: unknown[]): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  const from = typeof offset === 'number' ? offset : 0;
  return new Uint8Array(
    data.buffer,
    data.byteOffset + from,
    typeof length === 'number' ? length : data.byteLength - from,
  );
}

export function writing(file: OpenFile, bytes: Uint8Array, at: number | null = file.position): FileCall {
  return { op: 'write', path: file.path, file, data: bytes, at };
}
