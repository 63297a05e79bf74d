import { expect, test } from 'vitest';
import { parseCell, SIMPLE_CHAINS } from '../../../bench/peers/cells.js';
import { type Contestant, OURS, PEERS } from '../../../bench/peers/contestants.js';
import { type Run, tablesOf } from '../../../bench/peers/figures.js';
import type { CellTrials } from '../../../bench/peers/rounds.js';
import type { Trial } from '../../../bench/peers/statistics.js';
import { machineMarkdown } from '../../../scripts/tools/figures.js';

const way = (name: string) => ({ name, command: [], environment: {} });
const TORCH: Contestant = { id: 'torch', title: 'PyTorch', ways: [way('eager'), way('compiled')] };
const BLAS: Contestant = { id: 'blas', title: 'lockstep with OpenBLAS', ways: [way('blas')] };

/** Steps of two rounds that take so many milliseconds each. */
function trialsOf(contestant: string, name: string, milliseconds: [number, number]): Trial[] {
  return milliseconds.map((ms, round) => ({ contestant, way: name, round, steps: 1, seconds: ms / 1000 }));
}

function runOf(cells: CellTrials[], contestants: Contestant[]): Run {
  return {
    ...{
      ours: OURS,
      contestants,
      cells,
      peak: 200e9,
      cores: 2,
      date: '2026-12-01',
      command: 'npm run bench',
    },
  };
}

test('a cell is a row with speeds, the ratio, its interval and the share of the peak', () => {
  // 6 · 1024 · (784 · 128 + 128 · 10) − 2 · 1024 · 784 · 128 operations in 4 ms.
  const cell = parseCell('784,128,10:1024');
  const trials = [
    ...trialsOf('ours', 'default', [4, 4]),
    ...trialsOf('torch', 'eager', [8, 12]),
    ...trialsOf('torch', 'compiled', [6, 6]),
  ];
  const [peers, ways] = tablesOf(runOf([{ cell, trials, failures: [] }], [TORCH]), PEERS);
  expect(peers!.rows).toEqual([
    {
      ...{ layers: '784,128,10', batch: 1024, ours: 256_000, share: 0.524 },
      ...{ torch: 171_000, torchRatio: 1.5, torchInterval: '1.50 to 1.50' },
    },
  ]);
  expect(peers!.notes![0]).toBe('Geometric means with 95 % intervals: PyTorch 1.50 (1.50 to 1.50).');
  expect(ways!.rows[0]).toMatchObject({ 'torch eager': 128_000, 'torch compiled': 171_000 });
});

test('what has failed leaves an empty cell and a note', () => {
  const cell = parseCell('32,2:64');
  const failures = [{ contestant: 'torch', way: 'compiled', reason: 'InvalidCxxCompiler: no g++' }];
  const trials = trialsOf('ours', 'default', [1, 1]);
  const [peers] = tablesOf(runOf([{ cell, trials, failures }], [TORCH]), PEERS);
  expect(peers!.rows[0]).not.toHaveProperty('torchRatio');
  expect(peers!.notes).toContain('No figure: torch (compiled), 32,2:64: InvalidCxxCompiler: no g++');
  expect(machineMarkdown({ name: 'M', machine: {}, about: [], tables: [peers!] })).toContain('| – | – | – |');
});

test('lockstep set otherwise has a table of its own, of all cells', () => {
  const trials = [...trialsOf('ours', 'default', [1, 1]), ...trialsOf('blas', 'blas', [2, 2])];
  const cells = [parseCell('32,2:64'), SIMPLE_CHAINS].map(cell => ({ cell, trials, failures: [] }));
  const tables = tablesOf(runOf(cells, [BLAS]), PEERS);
  expect(tables.map(({ id, rows }) => [id, rows.length])).toEqual([['blas', 2]]);
});

test('the published cell stands apart from the peers’ table and its means', () => {
  const trials = [...trialsOf('ours', 'default', [1, 1]), ...trialsOf('torch', 'eager', [2, 2])];
  const cells = [parseCell('32,2:64'), SIMPLE_CHAINS].map(cell => ({ cell, trials, failures: [] }));
  const tables = tablesOf(runOf(cells, [TORCH]), PEERS);
  expect(tables.map(({ id, rows }) => [id, rows.length])).toEqual([
    ['peers', 1],
    ['peer-ways', 1],
    ['simplechains', 2],
  ]);
  // 39.7 million operations in a millisecond on two cores.
  expect(tables[2]!.rows[0]).toMatchObject({ what: 'lockstep', micros: 1000, gflops: 19.8, share: 0.198 });
  expect(tables[2]!.rows[1]).toMatchObject({ what: 'PyTorch', ratio: 2, interval: '2.00 to 2.00' });
});
