/** Points of a scaling study on several ranks, by each MPI that is installed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runFresh } from '../../src/lab/scale/fresh-process.js';
import type { PointSetup } from '../../src/lab/scale/scaling-schema.js';
import { configure } from '../lab/scale/simulate.js';
import { MAKES } from './launch.js';

const setup: PointSetup = {
  ...{ role: 'scaling', layers: [8, 6, 3], backend: 'wasm' },
  ...{ batchSize: 64, ranks: 2, workers: 4, shards: 4 },
};

function measure(launcher: string) {
  const configuration = configure({ ranks: [1, 2], workers: [2], launcher, seconds: 0.1, shards: 4 });
  return runFresh({ kind: 'sample', configuration, setup }, null);
}

describe.each(MAKES)('$name', ({ words }) => {
  it('measures a step on two ranks, its exchange and the link between them', async () => {
    const { result } = (await measure([...words, '-np', '{ranks}'].join(' ')))!;
    expect(result).toMatchObject({ ranks: 2, workers: 4, shards: 4, batchSize: 64 });
    expect(result.phases.exchange).toBeGreaterThan(0);
    expect(result.cpus).toBeGreaterThan(0);
    expect(result.link!.latencySeconds).toBeGreaterThan(0);
    expect(result.link!.bytesPerSecond).toBeGreaterThan(0);
  });
});

describe('a launcher that starts nothing', () => {
  it.each([
    ['is not there', '/nowhere/mpirun -np {ranks}', '/nowhere/mpirun: cannot be started'],
    [
      'ends without an answer',
      'false -np {ranks}',
      'false -np 2: expected an answer of rank 0, got exit code 1',
    ],
  ])('is reported if it %s', async (_, launcher, message) => {
    await expect(measure(launcher)).rejects.toThrow(message);
  });
});

it('does not measure if the launcher starts another number of ranks', async () => {
  await expect(measure('env RANKS={ranks}')).rejects.toThrow('launcher: expected 2 ranks, got 1.');
});

describe('a launcher whose ranks have answered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-launcher-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function answerThen(line: string): Promise<unknown> {
    const launcher = join(folder, `${line.split(' ')[0]}.sh`);
    const answer = '{"ok":false,"code":"failed","message":"it was answered"}';
    writeFileSync(
      launcher,
      `#!/bin/sh
echo '${answer}'
${line}
`,
      { mode: 0o755 },
    );
    return measure(`${launcher} {ranks}`);
  }

  it.concurrent('is ended if it does not end by itself', async ({ expect }) => {
    await expect(answerThen('exec sleep 600')).rejects.toThrow('it was answered');
  });

  it.concurrent('is not waited for if it leaves something that holds its output', async ({ expect }) => {
    const id = join(folder, 'id');
    await expect(answerThen(`sleep 600 & echo $! > ${id}`)).rejects.toThrow('it was answered');
    // It was still there, or this fails.
    process.kill(Number(readFileSync(id, 'utf8')));
  });
});
