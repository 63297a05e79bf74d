/**
 * Writes what a training reports to the folder of its run: config.json as it starts and when the number of
 * workers is chosen, a line an epoch, checkpoints on the way, the model at the end.
 */

import type { TrainState } from '../../model/state.js';
import { epochData } from '../../report/epochs.js';
import { mendFolders } from '../../store/checkpoint-folder.js';
import { CheckpointWriter, type KeptBest } from '../../store/checkpoint-writer.js';
import { appendMetrics, mendMetrics } from '../../store/metrics-file.js';
import { saveModel } from '../../store/model-file.js';
import { clearRun, createRunDirectory } from '../../store/run-directory.js';
import { modelPath, type Plain, removeSummary, writeConfig, writeSummary } from '../../store/run-files.js';
import type { CheckpointReport, Report, StartReport, WorkersReport } from '../../train/reports.js';
import type { Fold } from './job.js';
import type { ChosenModel } from './model-choice.js';
import { moveRecord } from './recorded-files.js';
import { describeRun, type RunFacts, withChoice } from './run-record.js';

export interface Recording extends Omit<RunFacts, 'start' | 'steps'> {
  /** What the training goes on from; null where it begins. */
  state: TrainState | null;
  /** What it is of a cross-validation; null where it is a training by itself. */
  fold: Fold | null;
}

/** Why a checkpoint is due before a training has come to its own end. */
const PAUSES: ReadonlySet<string> = new Set(['interval', 'request', 'aborted', 'time']);

export class Recorder {
  readonly #recording: Recording;
  #writer: CheckpointWriter | null = null;
  #config: Plain = {};
  #best: TrainState['best'];

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#best = recording.state?.best ?? null;
  }

  /** The newest checkpoint that this process has written. */
  get lastCheckpoint(): { path: string; steps: number } | null {
    return this.#writer?.last ?? null;
  }

  /** Keeps a report. @throws failed where it can't be, or a checkpoint before it couldn't */
  async keep(report: Report): Promise<void> {
    this.#writer?.check();
    if (report.type === 'start') await this.#begin(report);
    if (report.type === 'workers') await this.#noteChoice(report);
    if (report.type === 'epoch') {
      this.#best = report.best ?? this.#best;
      await appendMetrics(this.#recording.run, epochData(report));
    }
    if (report.type === 'checkpoint') this.#offer(report);
  }

  /** Waits for the checkpoints. @throws failed where one can't be written */
  async settle(): Promise<void> {
    await this.#writer?.finish();
  }

  /** Of a training that comes to no end: keeps the model of its best epoch, if it had one. @throws failed where it can't be written */
  async keepBest(): Promise<KeptBest | null> {
    return (await this.#writer?.keepBest({ best: this.#best })) ?? null;
  }

  /** Writes the model, and beside the checkpoints that of the best epoch, where it is another. Returns the path. */
  async writeModel({ weights, epoch }: ChosenModel, state: TrainState): Promise<string> {
    const { run, network, data } = this.#recording;
    const path = modelPath(run);
    await saveModel(path, { network, task: data.task, encoding: data.encoding, weights });
    // Where there may be one of an earlier epoch, it is replaced.
    const isFirst = this.#recording.state === null && !this.#writer!.hasBest;
    if (state.best?.epoch !== epoch || !isFirst) await this.#writer!.keepBest(state);
    return path;
  }

  /** Notes that nothing is left to do. */
  async finish(summary: Plain): Promise<void> {
    await writeSummary(this.#recording.run, summary);
  }

  /**
   * Any training can be extended from its last state, except for folds, which are all trained alike. If nobody asked for
   * checkpoints, that state has no model of the best epoch beside it: the run's own may be that.
   */
  #offer({ reason, state }: CheckpointReport): void {
    const { fold, settings } = this.#recording;
    const isAsked = PAUSES.has(reason) || settings.checkpointEvery !== null;
    if (isAsked || fold === null) this.#writer!.offer(state, isAsked);
  }

  /** The first that is written: until now nothing of an earlier run was touched. */
  async #begin(start: StartReport): Promise<void> {
    const { run, state, settings, network, data, fingerprint, fold } = this.#recording;
    const isFirst = fold === null || fold.number === 1;
    if (settings.force && isFirst) {
      await clearRun(fold?.run ?? run);
      // An empty folder of a fold is gone with it.
      await createRunDirectory(run, { force: true });
    }
    await mendFolders(run);
    await removeSummary(run);
    // The epoch under way is reported when it is done, even where no step is left of it.
    await mendMetrics(run, ({ epoch }) => state !== null && Number(epoch) < state.epoch);
    const record = describeRun({ ...this.#recording, start, steps: state?.steps ?? 0 });
    // What the folds have in common is what the first began with; with that on the disk, they can be gone on with.
    if (fold && isFirst) await writeConfig(fold.run, moveRecord(record, run, fold.run));
    this.#config = fold ? { ...record, fold: fold.number } : record;
    await writeConfig(run, this.#config);
    const { task, encoding } = data;
    const owner = { network, task, encoding, run: this.#config, data: fingerprint };
    this.#writer = new CheckpointWriter(run, owner, settings.keepCheckpoints);
  }

  /** Checkpoints keep the record as the run began. */
  async #noteChoice({ workers }: WorkersReport): Promise<void> {
    this.#config = withChoice(this.#config, workers);
    await writeConfig(this.#recording.run, this.#config);
  }
}
