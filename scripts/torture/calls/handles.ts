/** Replaces the methods of files that were opened by a promise. */
import type fs from 'node:fs';
import { bytesOf, type FileCall, halfOf, type OpenFile, type Pass, placeOf, writing } from './file-call.js';

/** Files that are watched. */
export const handles = new WeakMap<object, OpenFile>();

type Handle = fs.promises.FileHandle;
type Place = [offset: number, length: number, at: number | null];
type Write = (this: Handle, bytes: Uint8Array, ...place: Place) => Promise<{ bytesWritten: number }>;
type Read = (this: Handle, buffer: NodeJS.ArrayBufferView, ...place: Place) => Promise<{ bytesRead: number }>;
/** Returns what replaces the methods of all open files, once. */
export function handleMethods(pass: Pass): (handle: fs.promises.FileHandle) => void {
  let isDone = false;
  return handle => {
    if (isDone) return;
    isDone = true;
    const prototype = Object.getPrototypeOf(handle) as fs.promises.FileHandle;
    const { read, write, sync, datasync, truncate, stat, close } = prototype;
    /** A method that is one call. */
    const one = (op: FileCall['op'], act: (this: Handle, ...words: never[]) => Promise<unknown>) =>
      async function (this: Handle, ...words: never[]) {
        const file = handles.get(this);
        if (file === undefined) return act.apply(this, words);
        return pass({ op, path: file.path, file }, () => act.apply(this, words));
      };
    const put = async (self: Handle, file: OpenFile, bytes: Uint8Array, at: number | null) => {
      const place = at ?? file.position;
      const put = async (part: Uint8Array) => {
        const { bytesWritten } = await (write as Write).call(self, part, 0, part.length, at);
        if (at === null && file.position !== null) file.position += bytesWritten;
        return bytesWritten;
      };
      const call = writing(file, bytes.slice(), place);
      return pass(
        call,
        () => put(bytes),
        () => {
          call.data = halfOf(bytes).slice();
          return put(halfOf(bytes));
        },
      );
    };
    const methods = {
      sync: one('sync', sync),
      datasync: one('sync', datasync),
      stat: one('stat', stat as never),
      async truncate(this: Handle, length = 0) {
        const file = handles.get(this);
        if (file === undefined) return truncate.call(this, length);
        return pass({ op: 'truncate', path: file.path, file, length }, () => truncate.call(this, length));
      },
      async close(this: Handle) {
        const file = handles.get(this);
        // Linux closes a file even if it says that it couldn't.
        await close.call(this);
        if (file !== undefined) pass({ op: 'close', path: file.path, file }, () => {});
      },
      async read(this: Handle, ...words: unknown[]) {
        const file = handles.get(this);
        if (file === undefined) return read.apply(this, words as never);
        const buffer = words[0] as NodeJS.ArrayBufferView;
        const { offset, length, position } = placeOf(buffer, words.slice(1));
        const act = (most: number) => (read as Read).call(this, buffer, offset, most, position);
        const half = Math.max(1, Math.floor(length / 2));
        return pass(
          { op: 'read', path: file.path, file },
          () => act(length),
          () => act(half),
        );
      },
      async write(this: Handle, data: Uint8Array | string, ...words: unknown[]) {
        const file = handles.get(this);
        if (file === undefined) return write.call(this, data as string, ...(words as []));
        const bytes = bytesOf(data, words);
        const place = typeof data === 'string' ? words[0] : words[2];
        const at = typeof place === 'number' ? place : null;
        return { bytesWritten: await put(this, file, bytes, at), buffer: data };
      },
      async writeFile(this: Handle, data: Uint8Array | string) {
        const file = handles.get(this);
        const bytes = bytesOf(data, []);
        for (let done = 0; done < bytes.length; ) {
          const part = bytes.subarray(done);
          done +=
            file === undefined
              ? (await (write as Write).call(this, part, 0, part.length, null)).bytesWritten
              : await put(this, file, part, null);
        }
      },
      async readFile(this: Handle, options?: BufferEncoding | { encoding?: BufferEncoding | null } | null) {
        const parts: Uint8Array[] = [];
        for (;;) {
          const buffer = Buffer.alloc(1 << 16);
          const { bytesRead } = await this.read(buffer, 0, buffer.length, null);
          if (bytesRead === 0) break;
          parts.push(buffer.subarray(0, bytesRead));
        }
        const whole = Buffer.concat(parts);
        const encoding = typeof options === 'string' ? options : options?.encoding;
        return encoding ? whole.toString(encoding) : whole;
      },
    };
    Object.assign(prototype, methods);
  };
}
