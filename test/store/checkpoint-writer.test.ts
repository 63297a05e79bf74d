/**
 * Checkpoints of a run: which are kept, which is the last and the best, and what remains if the disk fails.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestCheckpoint } from '../../src/store/checkpoint-folder.js';
import { CheckpointWriter } from '../../src/store/checkpoint-writer.js';
import { loadModel } from '../../src/store/model-file.js';
import { makeFolder } from './folder.js';
import { bestEpoch, checkpointAfter, slab, stateAfter } from './states.js';

const folder = makeFolder();
const { state: _, ...owner } = checkpointAfter(0);

/** An empty run, and a writer of its checkpoints. */
function makeRun(name: string, keep = 2) {
  const run = join(folder, name);
  mkdirSync(run);
  return { run, checkpoints: join(run, 'checkpoints'), writer: new CheckpointWriter(run, owner, keep) };
}

const stepFile = (steps: number) => `step-${String(steps).padStart(8, '0')}.safetensors`;

describe('a writer of checkpoints', () => {
  it('keeps the newest checkpoints, and gives the newest a second name', async () => {
    const { run, checkpoints, writer } = makeRun('newest');
    for (const steps of [10, 20, 30]) {
      writer.offer(stateAfter(steps));
      await writer.finish();
    }
    expect(readdirSync(checkpoints).sort()).toEqual(['last.safetensors', stepFile(20), stepFile(30)]);
    const [last, newest] = ['last.safetensors', stepFile(30)].map(name =>
      readFileSync(join(checkpoints, name)),
    );
    expect(last!.equals(newest!)).toBe(true);
    expect(writer.last).toEqual({ path: join(checkpoints, stepFile(30)), steps: 30 });
    const { found, damaged } = await newestCheckpoint(run);
    expect([found!.checkpoint.state.steps, damaged]).toEqual([30, []]);
  });

  it('writes the first and the newest of the waiting checkpoints', async () => {
    const { checkpoints, writer } = makeRun('waiting', 9);
    for (const steps of [1, 2, 3, 4]) writer.offer(stateAfter(steps));
    await writer.finish();
    expect(readdirSync(checkpoints).sort()).toEqual(['last.safetensors', stepFile(1), stepFile(4)]);
  });

  it('keeps the model of the best epoch, however many steps ago it was', async () => {
    const { checkpoints, writer } = makeRun('best', 1);
    for (const [steps, epoch] of [
      [10, 1],
      [20, 2],
      [30, 2],
      [40, 2],
    ] as const) {
      writer.offer(stateAfter(steps, { best: bestEpoch(epoch, 1 / epoch, slab(100 * epoch)) }));
      await writer.finish();
    }
    expect(readdirSync(checkpoints).sort()).toEqual(['best.safetensors', 'last.safetensors', stepFile(40)]);
    const { weights } = await loadModel(join(checkpoints, 'best.safetensors'));
    expect(weights).toEqual(slab(200));
  });

  it('reports errors, and leaves earlier checkpoints unchanged', async () => {
    const { run, checkpoints, writer } = makeRun('failing');
    writer.offer(stateAfter(10));
    await writer.finish();
    mkdirSync(join(checkpoints, stepFile(20)));
    writer.offer(stateAfter(20));
    await expect(writer.finish()).rejects.toThrow(`${stepFile(20)}: expected a file that can be written`);
    expect(() => writer.check()).toThrow(stepFile(20));
    rmSync(join(checkpoints, stepFile(20)), { recursive: true });
    expect(readdirSync(checkpoints).sort()).toEqual(['last.safetensors', stepFile(10)]);
    expect((await newestCheckpoint(run)).found!.checkpoint.state).toEqual(stateAfter(10));
  });

  it('reports that the checkpoints’ folder is a file', async () => {
    const { checkpoints, writer } = makeRun('file');
    writeFileSync(checkpoints, '');
    writer.offer(stateAfter(10));
    await expect(writer.finish()).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('the newest checkpoint', () => {
  it('is null if there is none', async () => {
    expect(await newestCheckpoint(makeRun('none').run)).toEqual({ found: null, damaged: [] });
  });

  it('is not considered missing if its folder cannot be read', async () => {
    const { run, checkpoints } = makeRun('unreadable');
    writeFileSync(checkpoints, '');
    await expect(newestCheckpoint(run)).rejects.toThrow(
      `${checkpoints}: expected a folder that can be read, got ENOTDIR`,
    );
  });

  it('is the newest readable one, with errors about newer ones', async () => {
    const { run, checkpoints, writer } = makeRun('damaged');
    for (const steps of [10, 20]) {
      writer.offer(stateAfter(steps));
      await writer.finish();
    }
    writeFileSync(join(checkpoints, stepFile(20)), 'torn');
    const { found, damaged } = await newestCheckpoint(run);
    expect(found!.checkpoint.state.steps).toBe(10);
    expect(damaged.map(({ message }) => message)).toEqual([expect.stringContaining(stepFile(20))]);
  });
  it('is kept if newer ones are damaged, however few are kept', async () => {
    const { run, checkpoints, writer } = makeRun('behind', 1);
    writer.offer(stateAfter(10));
    await writer.finish();
    writeFileSync(join(checkpoints, stepFile(99)), 'torn');
    writer.offer(stateAfter(20));
    await writer.finish();
    expect((await newestCheckpoint(run)).found!.checkpoint.state.steps).toBe(20);
  });
});
