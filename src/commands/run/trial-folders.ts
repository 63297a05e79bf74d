/**
 * The trials of a search as folders of runs: trials/0001, trials/0002, …, like those of `lockstep train`. A trial that is out
 * keeps no weights; the folder of the best one is copied to best/, with its confusion matrix.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trainLine } from '../../config/flags.js';
import type { Settings } from '../../config/options.js';
import { checkOptions, writeSettings } from '../../config/settings.js';
import { describeCause, failure } from '../../errors.js';
import { scoredOf } from '../../judge/metrics.js';
import type { Trial } from '../../lab/tune/draw.js';
import type { Kept, TrialKeeper } from '../../lab/tune/keeper.js';
import { CHECKPOINT_SECONDS, type Configured, type Trainer } from '../../lab/tune/run-trial.js';
import type { BestTrial, Point } from '../../lab/tune/schema.js';
import { syncFolder } from '../../replace-file.js';
import { judgementData } from '../../report/judgement.js';
import type { Pictures } from '../../report/pictures.js';
import { summaryData } from '../../report/summary.js';
import { copyFolder } from '../../store/atomic.js';
import { newestCheckpoint } from '../../store/checkpoint-folder.js';
import { type FolderLock, lockFolder } from '../../store/folder-lock.js';
import { loadModel } from '../../store/model-file.js';
import { readRunFiles } from '../../store/read-run.js';
import { clearWeights, createRunDirectory } from '../../store/run-directory.js';
import {
  BEST_TRIAL,
  modelPath,
  type Plain,
  trialPath,
  writeConfig,
  writePictures,
  writeSummary,
} from '../../store/run-files.js';
import { hashWeights } from '../../store/weights.js';
import { chooseModel } from '../../train/model-choice.js';
import type { TrainOptions } from '../../train/options.js';
import type { Report, TrainResult } from '../../train/reports.js';
import { modelChoiceOf } from '../settings/model-choice.js';
import { networkFor } from '../settings/network.js';
import { checkTogether, trainOptions } from '../settings/train-options.js';
import { finalFigures } from './final-figures.js';
import type { Prepared } from './job.js';
import { moveRecord } from './recorded-files.js';
import { Recorder } from './recorder.js';
import { sessionsOf } from './run-record.js';

/** What all trials of a search have in common. */
export interface Search extends Omit<Prepared, 'network' | 'validation'> {
  /** The search's folder. */
  folder: string;
  /** DATA, and the settings that the space does not set. Their epochs are those of the last rung. */
  source: string;
  settings: Settings;
  validation: NonNullable<Prepared['validation']>;
  metric: string;
  signal: AbortSignal;
}

/** A trial in training. */
interface OpenTrial {
  /** What it resumes from. */
  state: Kept['state'] | null;
  /** Null until it has started. */
  recorder: Recorder | null;
  /** It is a run that could be resumed on its own. */
  lock: FolderLock | null;
}

export class TrialFolders implements TrialKeeper, Trainer {
  readonly #search: Search;
  /** The trials in training, by number. */
  readonly #open = new Map<number, OpenTrial>();

  constructor(search: Search) {
    this.#search = search;
  }

  get data() {
    return this.#search.data;
  }

  get validation() {
    return this.#search.validation;
  }

  /** @throws usage if the values cannot be combined */
  async configure(values: Trial['values']): Promise<Configured & { options: TrainOptions }> {
    const settings = this.#settingsOf(values);
    checkTogether(settings);
    const { data, signal } = this.#search;
    const network = networkFor(data, settings);
    const options = await trainOptions(network, data, settings, signal);
    return { network, options, choose: result => chooseModel(result, modelChoiceOf(settings)) };
  }

  repeat(values: Trial['values']): string {
    return trainLine(this.#search.source, writeSettings('train', this.#settingsOf(values)));
  }

  async load(trial: Trial, epochs: number): Promise<Kept | null> {
    const run = this.#folderOf(trial);
    // If the newest checkpoints are damaged, the steps since an earlier one are repeated.
    const { found } = await newestCheckpoint(run);
    const last = found?.checkpoint.state ?? null;
    const state = last && last.epoch <= epochs ? last : null;
    this.#open.set(trial.number, { state, recorder: null, lock: null });
    if (state === null) {
      // A later state is from another search: an uninterrupted one would have none here.
      await clearWeights(run);
      return null;
    }
    const { metrics } = await readRunFiles(run);
    return { state, history: metrics.map(record => pointOf(record, this.#search.metric)) };
  }

  async keep(trial: Trial, report: Report): Promise<void> {
    const open = this.#open.get(trial.number)!;
    if (report.type === 'start') await this.#begin(trial, open);
    // A training that has ended is not resumed.
    const isKept = report.type !== 'checkpoint' || PAUSES.has(report.reason);
    if (isKept) await open.recorder!.keep(report);
  }

  async finish({ number, values }: Trial, result: TrainResult | null): Promise<void> {
    const open = this.#open.get(number);
    this.#open.delete(number);
    try {
      await open?.recorder?.settle();
      if (open?.recorder && result) await this.#conclude(open.recorder, values, result);
    } finally {
      await open?.lock?.release();
    }
  }

  async #conclude(recorder: Recorder, values: Trial['values'], result: TrainResult): Promise<void> {
    const chosen = chooseModel(result, modelChoiceOf(this.#settingsOf(values)));
    const { weights, epoch, training, validation } = chosen;
    const { network } = await this.configure(values);
    const place = {
      model: await recorder.writeModel(chosen, result.state),
      weightsSha256: hashWeights(network, weights),
      ...{ epoch, training, validation },
    };
    // Of the trials, only the best gets pictures.
    await recorder.finish(summaryData(result, place), {});
  }

  async drop(trial: Trial): Promise<void> {
    await clearWeights(this.#folderOf(trial));
  }

  /** Copies the folder of the best trial to best/, unless it is there already. Returns the path. */
  async writeBest({ number, values, weightsSha256 }: BestTrial): Promise<string> {
    const { folder } = this.#search;
    const best = join(folder, BEST_TRIAL);
    const there = await readRunFiles(best).catch(() => null);
    if (there?.summary?.weightsSha256 === weightsSha256) return best;
    const unfinished = join(folder, `.${BEST_TRIAL}.tmp`);
    const from = this.#folderOf({ number });
    try {
      await rm(unfinished, { recursive: true, force: true });
      await copyFolder(from, unfinished);
      const { config, summary, pictures } = await this.#judgeBest(unfinished, values);
      await writeConfig(unfinished, moveRecord(config, from, best));
      await writePictures(unfinished, pictures);
      await writeSummary(unfinished, { ...summary, model: modelPath(best) });
      await rm(best, { recursive: true, force: true });
      await rename(unfinished, best);
      await syncFolder(folder);
    } catch (cause) {
      if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
      throw failure(`${best}: the folder cannot be written: ${describeCause(cause)}.`, undefined, cause);
    }
    return best;
  }

  /** The record of a run, and its summary with the metrics of its model. */
  async #judgeBest(
    run: string,
    values: Trial['values'],
  ): Promise<{ config: Plain; summary: Plain; pictures: Pictures }> {
    const { config, summary } = await readRunFiles(run);
    const { options } = await this.configure(values);
    const metrics = scoredOf(Object.keys(summary!.validation as Plain));
    const model = await loadModel(modelPath(run));
    const { validation } = this.#search;
    const final = await finalFigures(model, validation, { ...options, metrics });
    const judged = { validation: judgementData(final.validation!), ...final.detail };
    return { config, summary: { ...summary, ...judged }, pictures: final.pictures };
  }

  #folderOf(trial: Pick<Trial, 'number'>): string {
    return trialPath(this.#search.folder, trial);
  }

  #settingsOf(values: Trial['values']): Settings {
    const { settings, metric } = this.#search;
    // The metric that trials are judged by is reported too.
    const asked = [...new Set([...(settings.metrics ?? []), ...scoredOf([metric])])];
    const metrics = asked.length === 0 ? settings.metrics : asked;
    return { ...settings, metrics, ...checkOptions('train', values, '--space') };
  }

  async #begin(trial: Trial, open: OpenTrial): Promise<void> {
    const { source, data, validation, fingerprint } = this.#search;
    const run = this.#folderOf(trial);
    await createRunDirectory(run, { force: true });
    open.lock = await lockFolder(run);
    const before = await readRunFiles(run).catch(() => null);
    const { network, options } = await this.configure(trial.values);
    open.recorder = new Recorder({
      ...{ run, source, data, validation, fingerprint, network, part: null },
      settings: {
        ...this.#settingsOf(trial.values),
        checkpointEvery: { every: CHECKPOINT_SECONDS, unit: 'seconds' },
        keepCheckpoints: 1,
        force: false,
      },
      learningRate: options.learningRate,
      sessions: open.state === null ? [] : sessionsOf(before?.config ?? {}),
      state: open.state,
    });
  }
}

/** Reasons for a checkpoint that a trial can be resumed from. */
const PAUSES: ReadonlySet<string> = new Set(['interval', 'request', 'aborted', 'epochs']);

/** The figures of a line of metrics.jsonl that the search uses. */
function pointOf({ epoch, validation }: Readonly<Record<string, unknown>>, metric: string): Point {
  const figures = (validation ?? {}) as Readonly<Record<string, unknown>>;
  const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
  return { epoch: Number(epoch), value: finite(figures[metric]), loss: finite(figures.loss) };
}
