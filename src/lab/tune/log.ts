/** Results of one search while it runs: those of an earlier run, and new ones. */
import { latest, now } from '../records.js';
import type { Trial } from './draw.js';
import { countEpochs, epochsOf } from './plan.js';
import { bestOf, places, rank } from './ranking.js';
import { beginOf, type TuneBegin, type TuneProgressReport, type TuneRecord } from './records.js';
import {
  type BestTrial,
  type Result,
  TUNE_FORMAT,
  TUNE_VERSION,
  type TuneConfiguration,
  type Tuning,
} from './schema.js';

export class TuneLog {
  readonly configuration: TuneConfiguration;
  readonly #command: string;
  readonly #results: Result[];
  readonly #ends: string[];
  #begin: TuneBegin | null;

  /** @throws usage if the records belong to another search */
  constructor(configuration: TuneConfiguration, command: string, records: readonly TuneRecord[]) {
    this.configuration = configuration;
    this.#command = command;
    this.#begin = beginOf(records, configuration);
    const known = records.flatMap(record => (record.type === 'result' ? record : []));
    this.#results = known.map(({ result }) => result);
    this.#ends = known.map(({ at }) => at);
  }

  get results(): readonly Result[] {
    return this.#results;
  }

  resultOf(trial: number, rung: number): Result | null {
    return this.#results.find(result => result.trial === trial && result.rung === rung) ?? null;
  }

  /** The first report. */
  start(): TuneProgressReport {
    if (this.#begin !== null) return this.report();
    this.#begin = {
      type: 'tune',
      format: TUNE_FORMAT,
      version: TUNE_VERSION,
      command: this.#command,
      startedAt: now(),
      configuration: this.configuration,
    };
    return this.report({ record: this.#begin });
  }

  /** @param going as in `report` */
  add(result: Result, going: ReadonlyMap<number, number> = new Map()): TuneProgressReport {
    const at = now();
    this.#results.push(result);
    this.#ends.push(at);
    return this.report({ record: { type: 'result', at, result }, rung: result.rung, going });
  }

  /** @param going the trials in training, and how many epochs of the rung each has finished; none between two rungs */
  report({
    record = null,
    rung = 0,
    going = new Map(),
  }: Partial<Pick<TuneProgressReport, 'record' | 'rung'>> & {
    going?: ReadonlyMap<number, number>;
  } = {}): TuneProgressReport {
    const { rungs, metric } = this.configuration;
    const finished = this.#results.reduce((sum, result) => sum + epochsOf(rungs, result.rung), 0);
    const done = [...going.values()].reduce((sum, epochs) => sum + epochs, finished);
    // When trials diverge, others take their place.
    const total = Math.max(countEpochs(rungs), done);
    const highest = rungs.findLastIndex((_, place) => rank(this.#results, place, metric).length > 0);
    const best = highest < 0 ? null : rank(this.#results, highest, metric)[0]!;
    const secondsLeft = (this.#secondsPerEpoch() * (total - done)) / Math.max(1, going.size);
    return { type: 'progress', record, trials: [...going.keys()], rung, done, total, best, secondsLeft };
  }

  /** The search that complete records form. Pure: the same records give the same result. */
  assemble(trials: readonly Trial[], repeat: (best: Result) => string): Tuning {
    const { configuration } = this;
    const { rungs, metric } = configuration;
    const { command, startedAt } = this.#begin!;
    const order = places(
      trials.map(({ number }) => number),
      this.#results,
      rungs,
      metric,
    );
    const summaries = trials.map(({ number, values }) => ({
      number,
      values,
      place: order.indexOf(number) + 1,
      results: this.#results.filter(({ trial }) => trial === number),
    }));
    const best = bestOf(this.#results, rungs, metric);
    return {
      format: TUNE_FORMAT,
      version: TUNE_VERSION,
      command,
      startedAt,
      finishedAt: latest([startedAt, ...this.#ends]),
      configuration,
      trials: summaries,
      epochs: this.#results.reduce((sum, { history }) => sum + history.length, 0),
      seconds: summaries.reduce((sum, { results }) => sum + (results.at(-1)?.seconds ?? 0), 0),
      best: best && bestTrial(best, trials, repeat(best)),
    };
  }

  #secondsPerEpoch(): number {
    const last = new Map(this.#results.map(result => [result.trial, result]));
    const all = [...last.values()];
    const epochs = all.reduce((sum, result) => sum + result.epochs, 0);
    return all.reduce((sum, { seconds }) => sum + seconds, 0) / epochs;
  }
}

/** Describes a result as the best trial. */
export function bestTrial(result: Result, trials: readonly Trial[], command: string): BestTrial {
  const { trial: number, value, loss, epochs, weightsSha256 } = result;
  const { values } = trials[number - 1]!;
  return {
    number,
    values,
    epochs,
    command,
    // The best result always has a value.
    value: value!,
    loss: loss!,
    weightsSha256: weightsSha256!,
  };
}
