import { describe, expect, it } from 'vitest';
import { foldingOf } from '../../src/model/folding.js';
import { type Operation, Registers } from '../../src/model/operations.js';
import type { Over, Pass } from '../../src/model/pass.js';
import { PHASE_STRIDE } from '../../src/model/plan.js';
import { teamOf } from '../../src/model/team.js';
import { Clock } from '../../workers/clock.js';
import { bindPass } from '../../workers/run-pass.js';

const PULSE: Operation = { kind: 'pulse' };
const WORKERS = 2;

/** Rows that each worker's section runs over: shard, first row in the batch and in the scratch, count, whether added. */
function rowsOver(over: Over, batch: number, shards: number) {
  const pass: Pass = [{ over, operations: [PULSE] }];
  return Array.from({ length: WORKERS }, (_, worker) => {
    const seen: (number | boolean)[][] = [];
    const note = ({ shard, row, at, rows, accumulate }: Registers) =>
      void seen.push([shard, row, at, rows, accumulate]);
    const registers = new Registers();
    const folding = foldingOf({ batch, shards, microBatch: 4, wholeGroups: false }, teamOf(WORKERS));
    Object.assign(registers, { batch, shards, folding });
    bindPass(pass, { workers: WORKERS, worker }, () => note, null, null)(registers);
    return seen;
  });
}

const noting = (seen: string[]) => ({
  begin: () => void seen.push('begin'),
  flush: () => void seen.push('flush'),
  end: () => void seen.push('end'),
});

describe('bindPass', () => {
  it('runs over the micro-batches of the worker’s shards, each from the first row of its scratch', () => {
    expect(rowsOver('micro-batches', 17, 3)).toEqual([
      [
        [0, 0, 0, 4, false],
        [0, 4, 0, 1, true],
      ],
      [
        [1, 5, 0, 4, false],
        [1, 9, 0, 2, true],
        [2, 11, 0, 4, false],
        [2, 15, 0, 2, true],
      ],
    ]);
  });

  it('runs over a worker’s part, its shards, or all rows, where they lie in the scratch of the batch', () => {
    expect(rowsOver('part', 17, 3)).toEqual([[[0, 0, 0, 8, false]], [[0, 8, 8, 9, false]]]);
    expect(rowsOver('shards', 17, 3)).toEqual([
      [[0, 0, 0, 5, false]],
      [
        [1, 5, 5, 6, false],
        [2, 11, 11, 6, false],
      ],
    ]);
    expect(rowsOver('batch', 17, 3)).toEqual([[[0, 0, 0, 17, false]], [[0, 0, 0, 17, false]]]);
  });

  it('runs the operations of all sections in order, without those that do nothing', () => {
    const kinds: string[] = [];
    const operations: Operation[] = [{ kind: 'barrier' }, { kind: 'norms', trust: false }, PULSE];
    const bind = ({ kind }: Operation) => (kind === 'norms' ? null : () => void kinds.push(kind));
    const pass: Pass = [
      { over: 'batch', operations },
      { over: 'batch', operations: [PULSE] },
    ];
    bindPass(pass, { workers: 1, worker: 0 }, bind, null, null)(new Registers());
    expect(kinds).toEqual(['barrier', 'pulse', 'pulse']);
  });

  it('lets the calls of each run of a section wait for each other', () => {
    const seen: string[] = [];
    const pass: Pass = [
      { over: 'shards', operations: [PULSE] },
      { over: 'batch', operations: [PULSE] },
    ];
    const bind = () => () => void seen.push('run');
    const registers = Object.assign(new Registers(), { batch: 4, shards: 2 });
    bindPass(pass, { workers: 1, worker: 0 }, bind, noting(seen), null)(registers);
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['begin', 'run', 'end']).flat());
  });

  it('measures the time after the last operation of each phase, where nothing waits', () => {
    const milliseconds = new Float64Array(PHASE_STRIDE);
    const laps: string[] = [];
    const clock = new Clock(milliseconds, 0);
    clock.lap = phase => {
      laps.push(phase);
      return 0;
    };
    const operations: Operation[] = [
      { kind: 'clear' },
      { kind: 'barrier' },
      { kind: 'norms', trust: false },
      PULSE,
    ];
    const bind =
      ({ kind }: Operation) =>
      () =>
        void laps.push(kind);
    const waiting = noting(laps);
    bindPass(
      [{ over: 'batch', operations }],
      { workers: 1, worker: 0 },
      bind,
      waiting,
      clock,
    )(new Registers());
    expect(laps).toEqual(['clear', 'gather', 'barrier', 'waiting', 'norms', 'pulse', 'update']);
  });
});
