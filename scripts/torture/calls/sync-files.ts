/** The functions of node:fs that return at once, and those with a callback, which streams use. */
import fs from 'node:fs';
import {
  bytesOf,
  type FileCall,
  halfOf,
  isOfProgram,
  type OpenFile,
  opening,
  original,
  type Pass,
  type Path,
  placeOf,
  textOf,
  writing,
} from './file-call.js';

const open = new Map<number, OpenFile>();

/** Lets calls on stdin and stdout fail too, as long as they are files or pipes that node:fs reads and writes. */
export function watchStandardStreams(): void {
  for (const [fd, path] of ['stdin', 'stdout'].entries()) open.set(fd, { path, position: null });
}

/** What replaces them. */
export function synchronousFiles(pass: Pass, removeAll: (path: string, options: object) => void): object {
  const synchronous: Partial<Record<keyof typeof fs, unknown>> = {
    openSync(path: Path, flags?: string | number, mode?: number) {
      const { call, file } = opening(path, flags);
      return pass(call, () => {
        const fd = original.openSync(path, flags ?? 'r', mode);
        if (!isOfProgram(file.path)) open.set(fd, file);
        return fd;
      });
    },
    closeSync(fd: number) {
      const file = open.get(fd);
      open.delete(fd);
      if (file === undefined) return original.closeSync(fd);
      // Linux closes a file even if it says that it couldn't.
      original.closeSync(fd);
      return pass({ op: 'close', path: file.path, file }, () => {});
    },
    readSync(fd: number, buffer: NodeJS.ArrayBufferView, ...rest: unknown[]) {
      const file = open.get(fd);
      const read = original.readSync as (...words: unknown[]) => number;
      if (file === undefined) return read(fd, buffer, ...rest);
      const call: FileCall = { op: 'read', path: file.path, file };
      const { offset, length, position } = placeOf(buffer, rest);
      const most = Math.max(1, Math.floor(length / 2));
      return pass(
        call,
        () => read(fd, buffer, offset, length, position),
        () => read(fd, buffer, offset, Math.min(length, most), position),
      );
    },
    writeSync(fd: number, data: Uint8Array | string, ...rest: unknown[]) {
      const file = open.get(fd);
      const write = original.writeSync as (...words: unknown[]) => number;
      if (file === undefined) return write(fd, data, ...rest);
      const bytes = bytesOf(data, rest);
      return pass(
        writing(file, bytes),
        () => write(fd, bytes),
        () => write(fd, halfOf(bytes)),
      );
    },
    readFileSync(path: Path | number, options?: BufferEncoding | { encoding?: BufferEncoding }) {
      if (typeof path === 'number' || isOfProgram(textOf(path))) return original.readFileSync(path, options);
      const fd = fs.openSync(path, 'r');
      try {
        return pass({ op: 'read', path: textOf(path) }, () => original.readFileSync(path, options));
      } finally {
        fs.closeSync(fd);
      }
    },
    statSync(path: Path, options?: object) {
      return pass({ op: 'stat', path: textOf(path) }, () => original.statSync(path, options));
    },
    fstatSync(fd: number, options?: object) {
      const file = open.get(fd);
      if (file === undefined) return original.fstatSync(fd, options);
      return pass({ op: 'stat', path: file.path, file }, () => original.fstatSync(fd, options));
    },
    readdirSync(path: Path, options?: object) {
      return pass({ op: 'readdir', path: textOf(path) }, () => original.readdirSync(path, options));
    },
    unlinkSync(path: Path) {
      return pass({ op: 'unlink', path: textOf(path) }, () => original.unlinkSync(path));
    },
    mkdirSync(path: Path, options?: object) {
      return pass({ op: 'mkdir', path: textOf(path) }, () => original.mkdirSync(path, options));
    },
    rmSync(path: Path, options?: { force?: boolean; recursive?: boolean }) {
      removeAll(textOf(path), options ?? {});
    },
    existsSync(path: Path) {
      try {
        return pass({ op: 'stat', path: textOf(path) }, () => original.existsSync(path));
      } catch {
        return false;
      }
    },
  };

  // Those with a callback, which streams use.
  type Callback = (error: unknown, value?: unknown, more?: unknown) => void;
  const later = (callback: Callback, act: () => unknown) => {
    try {
      act();
    } catch (error) {
      process.nextTick(callback, error);
    }
  };
  const withCallback: Partial<Record<keyof typeof fs, unknown>> = {
    open(path: Path, flags: string, mode: number, callback: Callback) {
      const { call, file } = opening(path, flags);
      later(callback, () =>
        pass(call, () =>
          original.open(path, flags, mode, (error, fd) => {
            if (!error && !isOfProgram(file.path)) open.set(fd, file);
            callback(error, fd);
          }),
        ),
      );
    },
    read(
      fd: number,
      buffer: Buffer,
      offset: number,
      length: number,
      position: number | null,
      callback: Callback,
    ) {
      const file = open.get(fd);
      const read = (most: number) => original.read(fd, buffer, offset, most, position, callback);
      if (file === undefined) return read(length);
      const half = Math.max(1, Math.floor(length / 2));
      later(callback, () =>
        pass(
          { op: 'read', path: file.path, file },
          () => read(length),
          () => read(half),
        ),
      );
    },
    close(fd: number, callback: Callback = () => {}) {
      const file = open.get(fd);
      open.delete(fd);
      original.close(fd, error => {
        if (file === undefined) return callback(error);
        later(callback, () => pass({ op: 'close', path: file.path, file }, () => callback(error)));
      });
    },
  };
  return { ...synchronous, ...withCallback };
}
