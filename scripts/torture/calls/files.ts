/**
 * Replaces the functions of node:fs and node:fs/promises that lockstep calls by ones that pass through `gate`: it may make a
 * call fail, or note it once it is done. Functions that do several things (writeFile, readFile, cp, rm) are taken apart, so
 * that each open, read, write and close is a call of its own. Calls of Node.js itself, which loads modules, are left alone.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import {
  type FileCall,
  type Gate,
  isOfProgram,
  opening,
  original,
  type Pass,
  type Path,
  textOf,
} from './file-call.js';
import { handleMethods, handles } from './handles.js';
import { synchronousFiles } from './sync-files.js';

const promises = { ...fs.promises };

/** Installs the gate. */
export function watchFiles(gate: Gate): void {
  const pass: Pass = (call, act, half = null) => {
    if (isOfProgram(call.path)) return act();
    const failure = gate.before(call);
    if (failure !== null && failure !== 'half') throw failure;
    const result = failure === 'half' && half !== null ? half() : act();
    return noted(gate, call, result);
  };
  const removeAll = removal(pass);
  Object.assign(fs.promises, promisedFiles(pass, removeAll));
  Object.assign(fs, synchronousFiles(pass, removeAll));
  syncBuiltinESMExports();
}

/** Tells the gate once a call is done. */
function noted<T>(gate: Gate, call: FileCall, result: T): T {
  if (gate.after === undefined) return result;
  if (result instanceof Promise) {
    return result.then(value => {
      gate.after!(call);
      return value;
    }) as T;
  }
  gate.after(call);
  return result;
}

type Removal = (path: string, options: { force?: boolean; recursive?: boolean }) => void;

/** Removes files and folders one by one. */
function removal(pass: Pass): Removal {
  const removeAll: Removal = (path, { force = false, recursive = false }) => {
    const there = original.lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined && force) {
      pass({ op: 'stat', path }, () => {});
    } else if (there?.isDirectory() && recursive) {
      for (const name of original.readdirSync(path)) removeAll(join(path, name), { force, recursive });
      pass({ op: 'rmdir', path }, () => original.rmdirSync(path));
    } else {
      pass({ op: 'unlink', path }, () => original.unlinkSync(path));
    }
  };
  return removeAll;
}

async function copyAll(from: string, to: string): Promise<void> {
  if (!(await fs.promises.stat(from)).isDirectory()) return fs.promises.copyFile(from, to);
  await fs.promises.mkdir(to);
  for (const name of await fs.promises.readdir(from)) await copyAll(join(from, name), join(to, name));
}

/** The functions that return a promise. */
function promisedFiles(pass: Pass, removeAll: Removal): object {
  const wrapHandle = handleMethods(pass);
  return {
    async open(path: Path, flags?: string | number, mode?: number) {
      const { call, file } = opening(path, flags);
      return pass(call, async () => {
        const handle = await promises.open(path, flags, mode);
        if (!isOfProgram(file.path)) handles.set(handle, file);
        wrapHandle(handle);
        return handle;
      });
    },
    async readFile(path: Path, options?: BufferEncoding | { encoding?: BufferEncoding }) {
      if (typeof path === 'object' && 'fd' in path)
        return (path as unknown as fs.promises.FileHandle).readFile(options);
      const file = await fs.promises.open(path, 'r');
      try {
        return await file.readFile(options);
      } finally {
        await file.close();
      }
    },
    async writeFile(path: Path, data: string | Uint8Array, options?: { flag?: string }) {
      const file = await fs.promises.open(path, (typeof options === 'object' && options?.flag) || 'w');
      try {
        await file.writeFile(data);
      } finally {
        await file.close();
      }
    },
    appendFile(path: Path, data: string | Uint8Array) {
      return fs.promises.writeFile(path, data, { flag: 'a' });
    },
    async copyFile(from: Path, to: Path) {
      const bytes = await fs.promises.readFile(from);
      await fs.promises.writeFile(to, bytes);
    },
    async rename(from: Path, to: Path) {
      return pass({ op: 'rename', path: textOf(from), to: textOf(to) }, () => promises.rename(from, to));
    },
    async link(from: Path, to: Path) {
      return pass({ op: 'link', path: textOf(from), to: textOf(to) }, () => promises.link(from, to));
    },
    async mkdir(path: Path, options?: { recursive?: boolean }) {
      return pass({ op: 'mkdir', path: textOf(path) }, () => promises.mkdir(path, options));
    },
    async mkdtemp(prefix: string) {
      // A folder for temporary files; the call is known only after it has been made.
      return pass({ op: 'mkdir', path: textOf(prefix) }, () => promises.mkdtemp(prefix));
    },
    async rmdir(path: Path) {
      return pass({ op: 'rmdir', path: textOf(path) }, () => promises.rmdir(path));
    },
    async unlink(path: Path) {
      return pass({ op: 'unlink', path: textOf(path) }, () => promises.unlink(path));
    },
    async rm(path: Path, options: { force?: boolean; recursive?: boolean } = {}) {
      removeAll(textOf(path), options);
    },
    async readdir(path: Path, options?: object) {
      return pass({ op: 'readdir', path: textOf(path) }, () => promises.readdir(path, options));
    },
    async stat(path: Path, options?: object) {
      return pass({ op: 'stat', path: textOf(path) }, () => promises.stat(path, options));
    },
    async access(path: Path, mode?: number) {
      return pass({ op: 'access', path: textOf(path) }, () => promises.access(path, mode));
    },
    async realpath(path: Path, options?: object) {
      return pass({ op: 'stat', path: textOf(path) }, () => promises.realpath(path, options));
    },
    async statfs(path: Path, options?: object) {
      return pass({ op: 'stat', path: textOf(path) }, () => promises.statfs(path, options));
    },
    async cp(from: string, to: string) {
      await copyAll(from, to);
    },
  };
}

/** The paths of the files that this process has open in a folder, as Linux lists them. */
export function openIn(folder: string): string[] {
  return original
    .readdirSync('/proc/self/fd')
    .map(fd => {
      try {
        return original.readlinkSync(join('/proc/self/fd', fd));
      } catch {
        return '';
      }
    })
    .filter(path => path.startsWith(folder));
}
