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

  add(result: Result): TuneProgressReport {
    const at = now();
    this.#results.push(result);
    this.#ends.push(at);
    return this.report({ record: { type: 'result', at, result } });
  }

  /**
   * @param under properties that differ from the state between two trials; epochs counts those of the current
   * rung
   */
  report(
    under: Partial<Pick<TuneProgressReport, 'record' | 'trial' | 'rung'>> & { epochs?: number } = {},
  ): TuneProgressReport {
    const { epochs = 0, ...known } = under;
    const { rungs, metric } = this.configuration;
    const done = this.#results.reduce((sum, { rung }) => sum + epochsOf(rungs, rung), epochs);
    // When trials diverge, others take their place.
    const total = Math.max(countEpochs(rungs), done);
    const highest = rungs.findLastIndex((_, rung) => rank(this.#results, rung, metric).length > 0);
    const best = highest < 0 ? null : rank(this.#results, highest, metric)[0]!;
    return {
      type: 'progress',
      ...{ record: null, trial: null, rung: 0, done, total, best },
      secondsLeft: this.#secondsPerEpoch() * (total - done),
      ...known,
    };
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
