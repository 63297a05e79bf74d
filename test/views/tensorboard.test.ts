import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crc32c, maskedCrc } from '../../src/views/event-file.js';
import { TensorBoard } from '../../src/views/tensorboard.js';
import { nameOfRun } from '../../src/views/view.js';
import { BEGAN, recordOf, runOf } from './files.js';

it.each([
  // RFC 3720, B.4.
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['nine digits', Buffer.from('123456789'), 0xe3069283],
])('computes the CRC-32C of %s', (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
});

it.each([
  ['runs/first', 'first'],
  ['folds/fold-2/', join('folds', 'fold-2')],
  ['runs/several/member-1', join('several', 'member-1')],
  ['runs/tuned/best', join('tuned', 'best')],
])('%s is called %s', (run, name) => {
  expect(nameOfRun(run)).toBe(name);
});

/** The fields of a protocol buffer: numbers as they are, bytes to be read further. */
function fieldsOf(bytes: Buffer): { field: number; value: number | Buffer }[] {
  const fields: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    const lengths: Record<number, () => number> = { 1: () => 8, 2: varint, 5: () => 4 };
    const length = lengths[wire]?.() ?? 0;
    const content = bytes.subarray(at, at + length);
    at += length;
    const read: Record<number, () => number | Buffer> = {
      0: varint,
      1: () => content.readDoubleLE(),
      2: () => content,
      5: () => content.readFloatLE(),
    };
    fields.push({ field: key >> 3, value: read[wire]!() });
  }
  return fields;
}

/** The events of a file whose checksums are right. */
function eventsOf(path: string) {
  const bytes = readFileSync(path);
  const events: {
    time: number;
    step: number;
    version: string;
    restarts: boolean;
    scalars: Record<string, number>;
  }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const content = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(content));
    at += 16 + length;
    const fields = fieldsOf(content);
    const one = (field: number) => fields.find(found => found.field === field)?.value;
    const summary = one(5) === undefined ? [] : fieldsOf(one(5) as Buffer);
    events.push({
      time: one(1) as number,
      step: (one(2) as number) ?? 0,
      version: String(one(3) ?? ''),
      restarts: one(7) !== undefined,
      scalars: Object.fromEntries(
        summary.map(({ value }) => {
          const [tag, number] = fieldsOf(value as Buffer);
          return [String(tag!.value), number!.value as number];
        }),
      ),
    });
  }
  return events;
}

const folderOf = () => mkdtempSync(join(tmpdir(), 'lockstep-views-'));

it('writes the version, a start, and one event for each epoch', async () => {
  const folder = folderOf();
  const view = new TensorBoard(folder, 'runs/first');
  await view.begin(runOf([1, 2]));
  await view.add([recordOf(3), recordOf(4)]);
  const [name] = readdirSync(join(folder, 'first'));
  const [version, start, ...events] = eventsOf(join(folder, 'first', name!));
  expect(version).toMatchObject({ version: 'brain.Event:2', scalars: {} });
  expect(start).toMatchObject({ restarts: true, step: 0 });
  expect(events.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
  expect(events[1]!.time).toBe(Date.parse(BEGAN) / 1000 + 1);
  expect(events[1]!.scalars).toEqual({
    ...{ epoch: 2, 'loss/training': 0.25, 'loss/validation': 0.75, 'learning-rate': 0.25 },
    ...{ seconds: 1, 'phases/gather': 0.5 },
  });
});

it('has no step twice after a run was resumed from an earlier epoch, and leaves other files alone', async () => {
  const folder = folderOf();
  const first = new TensorBoard(folder, 'runs/first');
  await first.begin(runOf([]));
  await first.add([1, 2, 3].map(recordOf));
  writeFileSync(join(folder, 'first', 'events.out.tfevents.1.other'), '');
  const resumed = new TensorBoard(folder, 'runs/first');
  await resumed.begin(runOf([1, 2]));
  await resumed.add([recordOf(3)]);
  const names = readdirSync(join(folder, 'first'));
  expect(names).toHaveLength(2);
  const ours = names.find(name => name.endsWith('.lockstep'))!;
  expect(eventsOf(join(folder, 'first', ours)).map(({ step }) => step)).toEqual([0, 0, 10, 20, 30]);
});

it('gives a fold a folder in that of its cross-validation', async () => {
  const folder = folderOf();
  await new TensorBoard(folder, 'runs/cv/fold-2').begin(runOf([1]));
  expect(readdirSync(join(folder, 'cv', 'fold-2'))).toHaveLength(1);
});

it('removes what a killed process left half written', async () => {
  const folder = folderOf();
  mkdirSync(join(folder, 'first'));
  const name = '.events.out.tfevents.1.lockstep.0f0e0d0c-0001-4002-8003-000000000004.tmp';
  writeFileSync(join(folder, 'first', name), 'half');
  await new TensorBoard(folder, 'runs/first').begin(runOf([1]));
  expect(readdirSync(join(folder, 'first'))).toEqual([expect.stringMatching(/^events\.out/)]);
});

it('writes no file without a beginning if another process has replaced its own', async () => {
  const folder = folderOf();
  const view = new TensorBoard(folder, 'runs/first');
  await view.begin(runOf([1]));
  await new TensorBoard(folder, 'runs/first').begin(runOf([1]));
  await expect(view.add([recordOf(2)])).rejects.toThrow('ENOENT');
  expect(readdirSync(join(folder, 'first'))).toHaveLength(1);
});
