/**
 * A search through the library: what is trained, what continues, and that interruptions and worker counts
 * change nothing.
 */
import { getEventListeners } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Dimension, parseSpace } from '../../../src/config/space.js';
import type { Trial } from '../../../src/lab/tune/draw.js';
import { type Kept, MemoryKeeper, type TrialKeeper } from '../../../src/lab/tune/keeper.js';
import { epochsOf } from '../../../src/lab/tune/plan.js';
import { needed, rank } from '../../../src/lab/tune/ranking.js';
import type { TuneRecord } from '../../../src/lab/tune/records.js';
import type { Trainer } from '../../../src/lab/tune/run-trial.js';
import type { Point, Result, Tuning } from '../../../src/lab/tune/schema.js';
import { type TuneOptions, tune } from '../../../src/lab/tune/tune.js';
import { describeNetwork } from '../../../src/model/network.js';
import { makeSchedule } from '../../../src/model/schedule.js';
import { hashWeights } from '../../../src/store/weights.js';
import type { Report, TrainResult } from '../../../src/train/reports.js';
import { randomDataset, trainOptions } from '../../datasets.js';
import { runTraining } from '../../train/run.js';

const SPACE = parseSpace('lr=0.001..1 log; hidden=4|8|; batch-size=8|16|32');
const network = (hidden: number[]) =>
  describeNetwork({
    layers: [5, ...hidden, 3],
    hidden: hidden.map(() => 'tanh' as const),
    output: 'softmax',
    loss: 'cross-entropy',
  });
const data = randomDataset(network([]), 90, 1);
const validation = randomDataset(network([]), 40, 2);

/**
 * Each trial has a schedule that depends on the total number of steps, and momentum, so that a state is more
 * than weights.
 */
function trainer(workers = 1): Trainer {
  return {
    data,
    validation,
    async configure(values) {
      const {
        lr: learningRate,
        l2 = 0,
        hidden,
        'batch-size': batchSize,
      } = values as { lr: number; l2?: number; hidden: number[]; 'batch-size': number };
      const schedule = makeSchedule('cosine', { warmup: 3 });
      return {
        network: network(hidden),
        options: trainOptions({ learningRate, l2, batchSize, schedule, workers, shards: 3, seed: 5 }),
      };
    },
  };
}

const HALVING: TuneOptions = {
  space: SPACE,
  strategy: 'halving',
  trials: 9,
  epochs: 9,
  seed: 2,
  metric: 'loss',
  // In this order, records and reports are the same each time.
  parallel: 1,
};
const RANDOM: TuneOptions = { ...HALVING, strategy: 'random', trials: 3, epochs: 3 };
/** Three rungs of few trials: 4 for 1 epoch, 2 for 2, 1 for 4. */
const SMALL: TuneOptions = { ...HALVING, trials: 4, eta: 2, epochs: 4 };

interface Ran {
  result: Tuning | null;
  records: TuneRecord[];
  /** Reports in between, one per trained epoch. */
  epochs: number;
  keeper: TrialKeeper;
}

async function search(
  options: TuneOptions,
  run: {
    records?: TuneRecord[];
    keeper?: TrialKeeper;
    trainer?: Trainer;
    stopAfter?: number;
    /** Called with each record. */
    onRecord?: () => void;
  } = {},
): Promise<Ran> {
  const { keeper = new MemoryKeeper(), records = [] } = run;
  const controller = new AbortController();
  const running = tune(options, run.trainer ?? trainer(), { records, keeper, signal: controller.signal });
  const ran: Ran = { result: null, records: [...records], epochs: 0, keeper };
  for await (const report of running) {
    if (report.type === 'end') ran.result = report.result;
    else if (report.record) {
      ran.records.push(report.record);
      run.onRecord?.();
    } else if (report.trials.length > 0 && ++ran.epochs === run.stopAfter) controller.abort();
  }
  return ran;
}

/** Everything except times. */
const timeless = (result: Tuning | null) =>
  JSON.parse(
    JSON.stringify(result, (key, value) =>
      ['seconds', 'startedAt', 'finishedAt'].includes(key) ? 0 : value,
    ),
  );
const resultsOf = (records: readonly TuneRecord[]): Result[] =>
  records.flatMap(record => (record.type === 'result' ? record.result : []));

describe('halving', () => {
  let whole: Ran;
  beforeAll(async () => {
    whole = await search(HALVING);
  });

  it('trains all trials, promotes the best, and continues from their states', () => {
    const { result, records, epochs } = whole;
    const results = resultsOf(records);
    const { rungs } = result!.configuration;
    expect(rungs).toEqual([
      { trials: 9, epochs: 1 },
      { trials: 3, epochs: 3 },
      { trials: 1, epochs: 9 },
    ]);
    for (const [rung, { trials }] of rungs.entries()) {
      const here = results.filter(one => one.rung === rung);
      expect(here).toHaveLength(trials);
      if (rung === 0) continue;
      const before = rank(results, rung - 1, 'loss').map(({ trial }) => trial);
      expect(here.map(({ trial }) => trial)).toEqual(before.slice(0, trials));
    }
    expect(epochs).toBe(9 + 3 * 2 + 6);
    expect(result!.epochs).toBe(epochs);
    for (const { rung, history } of results) expect(history).toHaveLength(epochsOf(rungs, rung));
    expect(result!.best).toMatchObject({
      number: results.at(-1)!.trial,
      epochs: 9,
      value: results.at(-1)!.value,
    });
    const places = result!.trials.map(({ place }) => place).sort((a, b) => a - b);
    expect(places).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives a trial that reaches the end the same bits as one that was never paused', async () => {
    const { result } = whole;
    const best = result!.best!;
    const { network, options } = await trainer().configure(best.values);
    const { result: straight } = await runTraining(network, data, { ...options, epochs: 9 }, validation);
    expect(hashWeights(network, straight.weights)).toBe(best.weightsSha256);
    expect(straight.validation!.loss).toBe(best.loss);
    const curve = result!.trials[best.number - 1]!.results.flatMap(({ history }) => history);
    expect(curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('replaces a diverged trial by the next one, and ranks it last', async () => {
    const first = rank(resultsOf(whole.records), 0, 'loss');
    const cursed = first[0]!.trial;
    const cursedValues = JSON.stringify(whole.result!.trials[cursed - 1]!.values);
    const inner = trainer();
    let seen = 0;
    const cursing: Trainer = {
      ...inner,
      async configure(values) {
        const configured = await inner.configure(values);
        if (JSON.stringify(values) === cursedValues) seen++;
        // Unchanged in the initial check and for the first rung.
        if (JSON.stringify(values) !== cursedValues || seen <= 2) return configured;
        return { ...configured, options: { ...configured.options, learningRate: 1e30, l2: 1e30 } };
      },
    };
    const { result, records } = await search(HALVING, { trainer: cursing });
    const second = resultsOf(records).filter(({ rung }) => rung === 1);
    expect(second.map(({ trial, outcome }) => [trial, outcome])).toEqual([
      [cursed, 'diverged'],
      ...first.slice(1, 4).map(({ trial }) => [trial, 'finished']),
    ]);
    expect(result!.best!.number).not.toBe(cursed);
    expect(second[0]).toMatchObject({ value: null, loss: null, weightsSha256: null, stopped: null });
    // It diverges in a step of the second rung, which begins with the steps of the first.
    const { steps } = resultsOf(records).find(({ trial, rung }) => trial === cursed && rung === 0)!;
    expect(second[0]!.steps).toBeGreaterThan(steps);
  });

  it('does not continue trials that stopped early', async () => {
    const inner = trainer();
    const tolerant: Trainer = {
      ...inner,
      async configure(values) {
        const configured = await inner.configure(values);
        return { ...configured, options: { ...configured.options, tolerance: 1e9 } };
      },
    };
    const { records, result, epochs } = await search(HALVING, { trainer: tolerant });
    expect(resultsOf(records).every(({ stopped, steps }) => stopped === 'tolerance' && steps === 1)).toBe(
      true,
    );
    expect(epochs).toBe(9);
    expect(result!.best).not.toBeNull();
  });
});

it('keeps the best of trials that end while others are dropped', async () => {
  const dropped: number[] = [];
  let seeLast = () => {};
  const last = new Promise<void>(resolve => {
    seeLast = resolve;
  });
  /** Drops slowly: the last trial ends before the first one is gone. */
  class SlowKeeper extends MemoryKeeper {
    override async drop(trial: Trial): Promise<void> {
      dropped.push(trial.number);
      await last;
      await super.drop(trial);
    }
  }
  let results = 0;
  // The record of the start comes first.
  const onRecord = () => results++ === RANDOM.trials && seeLast();
  const options = { ...RANDOM, seed: 4, parallel: 2 };
  const { result } = await search(options, { keeper: new SlowKeeper(), onRecord });
  expect(result!.best!.number).toBe(RANDOM.trials);
  expect(dropped.toSorted()).toEqual([1, 2]);
});

describe.each([
  ['random', RANDOM],
  ['halving', SMALL],
] as const)('a %s search', (_, options) => {
  let notes: NotingKeeper;
  let whole: Ran;
  beforeAll(async () => {
    notes = new NotingKeeper();
    whole = await search(options, { keeper: notes, onRecord: () => notes.mark() });
  });

  it('gives the same result for any number of workers', async () => {
    const three = await search(options, { trainer: trainer(3) });
    expect(timeless(three.result)).toEqual(timeless(whole.result));
  });

  it('gives the same result if trials are trained at once, interrupted or not', async () => {
    for (const parallel of [2, 3, 4]) {
      const several = await search({ ...options, parallel });
      expect(timeless(several.result)).toEqual(timeless(whole.result));
    }
    for (const stopAfter of [1, 3, 4]) {
      const cut = await search({ ...options, parallel: 2 }, { stopAfter });
      expect(cut.result).toBeNull();
      const { records, keeper } = cut;
      const rest = await search({ ...options, parallel: 'auto' }, { records, keeper });
      expect(timeless(rest.result)).toEqual(timeless(whole.result));
    }
  });

  it('resumes after any record, trains nothing twice, and gives the same result', async () => {
    for (let count = 0; count <= whole.records.length; count++) {
      const records = whole.records.slice(0, count);
      const done = resultsOf(records).reduce((sum, { history }) => sum + history.length, 0);
      // As left by a process that was killed right after the record.
      const keeper = await notes.keptAt(count);
      const rest = await search(options, { records, keeper });
      expect(timeless(rest.result)).toEqual(timeless(whole.result));
      expect(rest.epochs).toBe(whole.epochs - done);
    }
  });

  it('gives the same result if the stored states are lost', async () => {
    const half = whole.records.slice(0, Math.ceil(whole.records.length / 2));
    const rest = await search(options, { records: half });
    const withoutHistory = (result: Tuning | null) =>
      JSON.parse(JSON.stringify(timeless(result), (key, value) => (key === 'history' ? [] : value)));
    expect(withoutHistory(rest.result)).toEqual(withoutHistory(whole.result));
  });

  it('stops after the current step, and resumes within the trial', async () => {
    // The epoch after the reported one may be in progress or finished when the signal arrives, so never the
    // last but one.
    for (const stopAfter of [1, 2, 4, 5]) {
      const cut = await search(options, { stopAfter });
      expect(cut.result).toBeNull();
      const rest = await search(options, { records: cut.records, keeper: cut.keeper });
      expect(timeless(rest.result)).toEqual(timeless(whole.result));
    }
  });
});

/** Notes what is stored, to know what was stored when the search reached its n-th record. */
class NotingKeeper implements TrialKeeper {
  readonly #inner = new MemoryKeeper();
  readonly #calls: ((keeper: MemoryKeeper) => Promise<void>)[] = [];
  /** Number of calls before each record. */
  readonly #marks = [0];

  mark(): void {
    this.#marks.push(this.#calls.length);
  }

  async keptAt(record: number): Promise<MemoryKeeper> {
    const keeper = new MemoryKeeper();
    for (const call of this.#calls.slice(0, this.#marks[record])) await call(keeper);
    return keeper;
  }

  load(trial: Trial, epochs: number): Promise<Kept | null> {
    return this.#inner.load(trial, epochs);
  }

  keep(trial: Trial, report: Report, history: readonly Point[]): Promise<void> {
    const soFar = [...history];
    return this.#note(keeper => keeper.keep(trial, report, soFar));
  }

  finish(trial: Trial, result: TrainResult | null): Promise<void> {
    return this.#note(keeper => keeper.finish(trial, result));
  }

  drop(trial: Trial): Promise<void> {
    return this.#note(keeper => keeper.drop(trial));
  }

  #note(call: (keeper: MemoryKeeper) => Promise<void>): Promise<void> {
    this.#calls.push(call);
    return call(this.#inner);
  }
}

describe('a training in progress', () => {
  /** Notes how each training ended, and fails to store a report if requested. */
  class Told extends MemoryKeeper {
    readonly ends: (TrainResult | null)[] = [];
    readonly #full: boolean;

    constructor(full: boolean) {
      super();
      this.#full = full;
    }

    override async keep(trial: Trial, report: Report, history: readonly Point[]): Promise<void> {
      if (this.#full && report.type === 'epoch') throw new Error('the disk is full');
      await super.keep(trial, report, history);
    }

    override async finish(trial: Trial, result: TrainResult | null): Promise<void> {
      this.ends.push(result);
      await super.finish(trial, result);
    }
  }

  it('ends when the consumer stops listening, after pending states are stored', async () => {
    const { signal } = new AbortController();
    const keeper = new Told(false);
    for await (const report of tune(RANDOM, trainer(), { keeper, signal })) {
      if (report.type === 'progress' && report.trials.length > 0 && report.record === null) break;
    }
    expect(keeper.ends).toEqual([null]);
    // Only trainings listen to it, until their end.
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends if its state can’t be stored', async () => {
    const { signal } = new AbortController();
    const keeper = new Told(true);
    const searching = tune(RANDOM, trainer(), { keeper, signal });
    await searching.next();
    await expect(searching.next()).rejects.toThrow('the disk is full');
    expect(keeper.ends).toEqual([null]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('before anything is trained', () => {
  const refuse = async (options: Partial<TuneOptions>, message: string | RegExp, given = trainer()) => {
    await expect(search({ ...RANDOM, ...options }, { trainer: given })).rejects.toThrow(message);
  };

  it('refuses inconsistent options, and names the trial', async () => {
    const space = parseSpace('lr=0.01|0.1; hidden=4; batch-size=8|1000');
    await refuse(
      { space },
      /^trial \d \(lr=[\d.]+ hidden=4 batch-size=1000\): batchSize: expected full or 1 to 90/,
    );
  });

  it('refuses metrics that the task doesn’t have, and records of another search', async () => {
    await refuse({ metric: 'rmse' }, 'metric: expected');
    const { records } = await search(RANDOM);
    const other: Dimension[] = parseSpace('lr=0.002..1 log; hidden=4|8|; batch-size=8|16|32');
    await expect(search({ ...RANDOM, space: other }, { records })).rejects.toThrow('got another: space was');
    await expect(search({ ...RANDOM, seed: 9 }, { records })).rejects.toThrow('seed was 2, and is 9');
  });
});

it('has no best trial if all diverged', async () => {
  const space = parseSpace('lr=1e30..1e35; l2=1e30; hidden=4; batch-size=8');
  const { result } = await search({ ...RANDOM, space });
  expect(result!.best).toBeNull();
  expect(result!.trials.every(({ results }) => results[0]!.outcome === 'diverged')).toBe(true);
});

it('breaks ties by the smaller loss, then the earlier trial, and keeps the needed ones', () => {
  const of = (trial: number, value: number | null, loss: number | null, rung = 0) =>
    ({ trial, rung, value, loss }) as Result;
  const results = [
    of(1, 0.9, 0.5),
    of(2, 0.9, 0.4),
    of(3, null, null),
    of(4, 0.95, 9),
    of(5, 0.9, 0.4),
    of(6, 0.9, null),
  ];
  expect(rank(results, 0, 'accuracy').map(({ trial }) => trial)).toEqual([4, 2, 5, 1, 6]);
  const rungs = [
    { trials: 6, epochs: 1 },
    { trials: 2, epochs: 3 },
  ];
  expect(needed(results, rungs, 0, 'accuracy')).toEqual(new Set([4, 2]));
  expect(needed([...results, of(4, 0.5, 1, 1)], rungs, 1, 'accuracy')).toEqual(new Set([4, 2]));
  expect(needed([...results, of(4, 0.5, 1, 1), of(2, 0.6, 1, 1)], rungs, 1, 'accuracy')).toEqual(
    new Set([2]),
  );
});
