/** The file that an interrupted study is resumed from. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StudyRecord } from '../../src/lab/scale/records.js';
import { openJournal } from '../../src/store/journal.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();
let next = 0;
const newPath = () => join(folder, `${next++}.jsonl`);
const record = (step: number) =>
  ({ type: 'noise', at: '', noise: { step, scale: 'µ' } }) as unknown as StudyRecord;

async function write(path: string, ...records: StudyRecord[]): Promise<readonly StudyRecord[]> {
  const journal = await openJournal<StudyRecord>(path);
  for (const each of records) await journal.append(each);
  await journal.close();
  return journal.records;
}

it('returns what was written, in order', async () => {
  const path = newPath();
  expect(await write(path, record(1), record(2))).toEqual([]);
  expect(await write(path, record(3))).toEqual([record(1), record(2)]);
  expect(await write(path)).toEqual([record(1), record(2), record(3)]);
});

it.each(['{"type":"sam', '{"type":"noise"}', 'µ'])('cuts off a torn last line: %s', async torn => {
  const path = newPath();
  await write(path, record(1));
  const whole = readFileSync(path, 'utf8');
  appendFileSync(path, torn);
  expect(await write(path, record(2))).toEqual([record(1)]);
  expect(readFileSync(path, 'utf8')).toBe(`${whole}${JSON.stringify(record(2))}\n`);
});

it('refuses a damaged line that is not the last, and changes nothing', async () => {
  const path = newPath();
  writeFileSync(path, '{"type":"study"}\n{"typ\n{"type":"noise"}\n');
  await expect(openJournal(path)).rejects.toThrow(`${path}, line 2: expected a record as JSON`);
  expect(readFileSync(path, 'utf8')).toBe('{"type":"study"}\n{"typ\n{"type":"noise"}\n');
});

it('leaves no file without a line, and refuses a folder', async () => {
  const path = newPath();
  await write(path);
  expect(existsSync(path)).toBe(false);
  mkdirSync(path);
  await expect(openJournal(path)).rejects.toThrow(`${path}: expected a file that can be opened`);
});
