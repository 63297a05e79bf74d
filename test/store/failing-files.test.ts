/** What is synced, and what is given back, when calls of the system are watched or fail. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileCall } from '../../scripts/torture/calls/file-call.js';
import { openIn, watchFiles } from '../../scripts/torture/calls/files.js';
import { makeFolder, replaceFile } from '../../src/replace-file.js';
import { copyFolder, writeAtomically } from '../../src/store/atomic.js';
import { lockFolder } from '../../src/store/folder-lock.js';
import { openJournal } from '../../src/store/journal.js';
import { appendMetrics, syncMetrics } from '../../src/store/metrics-file.js';

let folder: string;
/** `op name` of the calls in the folder that changed something, in order. */
let calls: string[] = [];
let isFailing: (call: FileCall) => boolean = () => false;
let code = 'EIO';

watchFiles({
  before: call => {
    if (!isFailing(call)) return null;
    return Object.assign(new Error(`${code}: it fails, ${call.op} '${call.path}'`), { code });
  },
  after: ({ op, path, to }) => {
    if (path.startsWith(folder)) calls.push(`${op} ${basename(to ?? path)}`);
  },
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-files-'));
  calls = [];
});

afterEach(() => {
  isFailing = () => false;
  code = 'EIO';
  rmSync(folder, { recursive: true });
});

const changes = () => calls.filter(call => /^(create|mkdir|write|sync|rename)/.test(call));

it('syncs the folder in which it makes a folder or a journal', async () => {
  await makeFolder(join(folder, 'run'));
  const journal = await openJournal<number>(join(folder, 'run', 'trials.jsonl'));
  await journal.append(1);
  await journal.close();
  expect(changes()).toEqual([
    ...['mkdir run', `sync ${basename(folder)}`],
    ...['create trials.jsonl', 'sync run', 'write trials.jsonl', 'sync trials.jsonl'],
  ]);
});

it('syncs the name of metrics.jsonl as well as its lines', async () => {
  await appendMetrics(folder, { epoch: 1 });
  await syncMetrics(folder);
  expect(changes().slice(-2)).toEqual(['sync metrics.jsonl', `sync ${basename(folder)}`]);
});

it('copies a folder without locks and half-written files, and syncs each file', async () => {
  const from = join(folder, 'from');
  mkdirSync(join(from, 'checkpoints'), { recursive: true });
  for (const name of ['model.safetensors', 'lockstep.lock', `.a.${crypto.randomUUID()}.tmp`]) {
    writeFileSync(join(from, name), name);
  }
  await copyFolder(from, join(folder, 'to'));
  expect(readdirSync(join(folder, 'to')).sort()).toEqual(['checkpoints', 'model.safetensors']);
  expect(calls).toContain('sync model.safetensors');
  expect(changes().at(-1)).toBe('sync to');
});

it('gives a lock back if it cannot be found out whether its file still has its name', async () => {
  isFailing = ({ op, path }) => op === 'stat' && path.endsWith('lockstep.lock');
  await expect(lockFolder(folder)).rejects.toThrow(
    'lockstep.lock: expected a file that can be made and written',
  );
  expect(openIn(folder)).toEqual([]);
  isFailing = () => false;
  const { release } = await lockFolder(folder);
  await release();
});

it.each(['EINVAL', 'ENOTSUP', 'EPERM'])(
  'does without syncs of folders on a system that refuses them by %s',
  async refusal => {
    code = refusal;
    isFailing = ({ op, path }) =>
      op === 'sync' && basename(path) !== 'trials.jsonl' && !path.endsWith('.tmp');
    const run = join(folder, 'run');
    await makeFolder(run);
    const journal = await openJournal<number>(join(run, 'trials.jsonl'));
    await journal.append(1);
    await journal.close();
    await writeAtomically(join(run, 'config.json'), ['{}']);
    expect(readdirSync(run).sort()).toEqual(['config.json', 'trials.jsonl']);
    expect(calls).toContain('rename config.json');
  },
);

it('fails if a folder can be synced but its disk is broken', async () => {
  isFailing = ({ op, path }) => op === 'sync' && path === folder;
  await expect(makeFolder(join(folder, 'run'))).rejects.toThrow('EIO');
  await expect(writeAtomically(join(folder, 'config.json'), ['{}'])).rejects.toThrow('EIO');
});

it('names the temporary file in another folder that a file could not be made from', async () => {
  const path = join(folder, 'table.csv');
  const other = join(tmpdir(), 'lockstep-elsewhere', 'block.csv');
  const refused = Object.assign(new Error(`EACCES: permission denied, open '${other}'`), { path: other });
  await expect(replaceFile(path, async () => Promise.reject(refused))).rejects.toThrow(
    `${path} can't be written: ${other}: EACCES: permission denied.`,
  );
});
