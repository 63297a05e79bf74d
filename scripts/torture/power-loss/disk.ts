/**
 * A disk as POSIX promises it, replayed from the calls of a process. What was written is safe once its file has been synced;
 * a name that was made, changed or removed is safe once its folder has been. Until then the system may have any part of it on
 * the disk, in any order: each change of names is there as a whole or not at all, each write in any of its sectors.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileCall } from '../calls/file-call.js';

/** A change of a file that may not be on the disk yet. */
export type Change = { kind: 'write'; at: number; data: Uint8Array } | { kind: 'length'; length: number };

export interface File {
  kind: 'file';
  /** What is on the disk for certain. */
  safe: Uint8Array;
  pending: Change[];
  /** Length as programs see it. */
  length: number;
}

/** A change of one folder's names, in one step: a name and what it stands for from then on; null: nothing. */
export type Naming = readonly { name: string; entry: Entry | null }[];

export interface Folder {
  kind: 'folder';
  safe: Map<string, Entry>;
  pending: Naming[];
  /** Names as programs see them. */
  now: Map<string, Entry>;
}

export type Entry = File | Folder;

/** What is in a folder of the real disk, all of it safe. */
export function readFolder(path: string): Folder {
  const safe = new Map<string, Entry>();
  for (const name of readdirSync(path)) {
    const inside = join(path, name);
    safe.set(name, statSync(inside).isDirectory() ? readFolder(inside) : fileOf(readFileSync(inside)));
  }
  return { kind: 'folder', safe, pending: [], now: new Map(safe) };
}

function fileOf(bytes: Uint8Array): File {
  return { kind: 'file', safe: bytes, pending: [], length: bytes.length };
}

function emptyFolder(): Folder {
  return { kind: 'folder', safe: new Map(), pending: [], now: new Map() };
}

/** What a program forgets to sync, to see that it is found. */
export type Forgotten = Entry['kind'] | null;

/** The disk below one folder. */
export class Disk {
  readonly root: Folder;
  readonly #path: string;
  readonly #forgotten: Forgotten;
  /** Files that are open, which may have lost their names. */
  readonly #open = new WeakMap<object, Entry>();

  constructor(path: string, forgotten: Forgotten = null) {
    this.#path = path;
    this.#forgotten = forgotten;
    this.root = readFolder(path);
  }

  /** Does what a call did. Calls elsewhere, and those that change nothing, do nothing. */
  apply(call: FileCall): void {
    const { op, path, to, file } = call;
    const entry = (file && this.#open.get(file)) ?? this.#find(path);
    if (op === 'create') this.#name(path, fileOf(new Uint8Array(0)));
    if (op === 'create' || op === 'open') {
      const opened = this.#find(path);
      if (file && opened) this.#open.set(file, opened);
      if (call.length !== undefined && opened?.kind === 'file') change(opened, { kind: 'length', length: 0 });
    }
    if (op === 'write' && entry?.kind === 'file') {
      change(entry, { kind: 'write', at: call.at ?? entry.length, data: call.data! });
    }
    if (op === 'truncate' && entry?.kind === 'file') change(entry, { kind: 'length', length: call.length! });
    if (op === 'sync' && entry && entry.kind !== this.#forgotten) sync(entry);
    if (op === 'mkdir') this.#name(path, emptyFolder());
    if (op === 'link' && entry) this.#name(to!, entry);
    if (op === 'unlink' || op === 'rmdir') this.#name(path, null);
    if (op === 'rename' && entry) {
      if (dirname(path) !== dirname(to!))
        throw new Error(`${path}: a rename to another folder is not simulated`);
      const folder = this.#find(dirname(path));
      if (folder?.kind === 'folder') {
        rename(folder, [
          { name: basename(path), entry: null },
          { name: basename(to!), entry },
        ]);
      }
    }
  }

  /** Bytes of a file as programs see it; 0 if there is none. */
  lengthOf(path: string): number {
    const entry = this.#find(path);
    return entry?.kind === 'file' ? entry.length : 0;
  }

  #find(path: string): Entry | undefined {
    if (path === this.#path) return this.root;
    if (!path.startsWith(`${this.#path}/`)) return undefined;
    let entry: Entry | undefined = this.root;
    for (const name of path.slice(this.#path.length + 1).split('/')) {
      entry = entry?.kind === 'folder' ? entry.now.get(name) : undefined;
    }
    return entry;
  }

  #name(path: string, entry: Entry | null): void {
    const folder = this.#find(dirname(path));
    if (folder?.kind === 'folder') rename(folder, [{ name: basename(path), entry }]);
  }
}

function rename(folder: Folder, naming: Naming): void {
  folder.pending.push(naming);
  setNames(folder.now, naming);
}

export function setNames(names: Map<string, Entry>, naming: Naming): void {
  for (const { name, entry } of naming) {
    if (entry === null) names.delete(name);
    else names.set(name, entry);
  }
}

function change(file: File, made: Change): void {
  file.pending.push(made);
  file.length = made.kind === 'length' ? made.length : Math.max(file.length, made.at + made.data.length);
}

function sync(entry: Entry): void {
  if (entry.kind === 'folder') entry.safe = new Map(entry.now);
  else entry.safe = changed(entry.safe, entry.pending);
  entry.pending = [];
}

/** Bytes after these changes; what was never written is zero. */
export function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  let now = bytes;
  for (const made of changes) {
    const length = made.kind === 'length' ? made.length : Math.max(now.length, made.at + made.data.length);
    const next = new Uint8Array(length);
    next.set(now.subarray(0, length));
    if (made.kind === 'write') next.set(made.data, made.at);
    now = next;
  }
  return now;
}
