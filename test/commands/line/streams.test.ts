/** Streams that are files. */
import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { writeWhole } from '../../../src/commands/line/streams.js';

const disk = vi.hoisted(() => ({ calls: [] as ((bytes: Uint8Array) => number)[], text: '' }));

vi.mock('node:fs', async importOriginal => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  writeSync: (_: number, bytes: Uint8Array) => {
    const count = disk.calls.shift()!(bytes);
    disk.text += Buffer.from(bytes.subarray(0, count)).toString();
    return count;
  },
}));

const refused = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

async function write(text: string, calls: typeof disk.calls): Promise<Error | null> {
  Object.assign(disk, { calls, text: '' });
  const stream = Object.assign(new Writable(), { fd: 1 });
  stream.on('error', () => {});
  writeWhole(stream);
  return new Promise(resolve => stream.write(text, error => resolve(error ?? null)));
}

it('writes the rest if the system takes a part, or nothing for now', async () => {
  expect(await write('grün und rot', [() => 3, refused('EAGAIN'), ({ length }) => length])).toBe(null);
  expect(disk.text).toContain('n und rot');
  expect(disk.calls).toEqual([]);
});

it('reports a disk that is full after a part', async () => {
  expect(await write('much too long', [() => 4, refused('ENOSPC')])).toMatchObject({ code: 'ENOSPC' });
  expect(disk.text).toBe('much');
});
