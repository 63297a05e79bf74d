/** A hang is described by a file that names the worker that causes it, and what that worker does. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/protocol/fault.js';
import { randomDataset } from '../datasets.js';
import { THREE } from '../train/networks.js';
import { runTraining, withoutTime } from '../train/run.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reports written to a new folder by a training whose worker 1 has this fault in step 5, or in the judgement after epoch 1. */
async function reportsOf(kind: Fault['kind'] | null, validation = false) {
  const hangFolder = mkdtempSync(join(folder, 'run-'));
  const data = randomDataset(THREE, 13);
  const phase = validation ? 'validation' : 'gradient';
  const fault = kind && ({ worker: 1, step: validation ? 7 : 5, phase, kind, times: 1 } as const);
  // A report is written after one second.
  const options = { shards: 4, batchSize: 2, workers: 3, stallSeconds: 4, hangFolder, fault };
  const run = await runTraining(THREE, data, options, data);
  const texts = readdirSync(hangFolder)
    .sort()
    .map(name => {
      expect(name).toMatch(/^hang-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-2)?\.txt$/);
      return readFileSync(join(hangFolder, name), 'utf8');
    });
  return { run: withoutTime(run), texts };
}

/** The part of a report under a title. */
function sectionOf(text: string, title: string): string {
  return text.split(/^## /m).find(part => part.startsWith(title))!;
}

describe('the report of a hang', () => {
  it.each([
    ['spin', /innermost first:\n {2}spin \(.*workers\/bundled\/worker\.js:\d+:\d+\)\n {2}commitFault/],
    ['hang', /innermost first:\n {2}commitFault \(.*workers\/bundled\/worker\.js/],
  ] as const)('names the worker that hangs, kind %s, and what it does', async (kind, stack) => {
    const { run, texts } = await reportsOf(kind);
    // On a busy machine there may be earlier ones, of a thread that got no CPU time.
    const text = texts.at(-1)!;
    expect(text).toMatch(/^lockstep: no progress for 1 s\n/);
    const guilty = sectionOf(text, 'Worker 1');
    expect(guilty).toMatch(stack);
    expect(guilty).toMatch(/^step 5, last operations.*gradient/m);
    expect(guilty).not.toMatch(/meeting$/m);
    for (const worker of [0, 2]) {
      const waiting = sectionOf(text, `Worker ${worker}`);
      expect(waiting).toMatch(/, meeting$/m);
      expect(waiting).toMatch(/innermost first:\n {2}arrive \(.*worker\.js/);
    }
    // Two of three have arrived, and four steps are done.
    expect(text).toMatch(/^ARRIVED 2$/m);
    expect(text).toMatch(/^PROGRESS 4$/m);
    expect(sectionOf(text, 'Job')).toContain('layers 5,8,3');
    expect(sectionOf(text, 'Machine')).toContain(process.version.slice(1));
    // The repetition is not disturbed by it.
    expect(run).toEqual((await reportsOf(null)).run);
  });

  it.runIf(process.platform === 'linux')(
    'says which thread of the system computes, and which waits',
    async () => {
      const { texts } = await reportsOf('spin', true);
      const threads = sectionOf(texts.at(-1)!, 'Threads of the system');
      expect(threads).toMatch(/\(main thread\): state/);
      expect(threads).toMatch(/\(worker 1\): state R, [1-9]\d* ms of CPU in 500 ms/);
      // The others have judged their rows, and wait for a task.
      expect(threads).toMatch(
        /\(worker 0\): state S, 0 ms of CPU in 500 ms\n {2}waits in .*, call (futex|not told)/,
      );
      expect(sectionOf(texts.at(-1)!, 'Worker 0')).toMatch(/, task done$/m);
    },
  );
});
