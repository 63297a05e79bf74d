/**
 * Writes the reports of a training to the folder of its run: config.json at the start and when the number of workers is
 * chosen, one line of metrics per epoch, checkpoints, and the model at the end.
 */
import type { TrainState } from '../../model/state.js';
import { epochData } from '../../report/epochs.js';
import type { Pictures } from '../../report/pictures.js';
import { mendFolders } from '../../store/checkpoint-folder.js';
import { CheckpointWriter, type KeptBest } from '../../store/checkpoint-writer.js';
import { appendMetrics, mendMetrics, syncMetrics } from '../../store/metrics-file.js';
import { saveModel } from '../../store/model-file.js';
import { clearRun, createRunDirectory } from '../../store/run-directory.js';
import {
  modelPath,
  type Plain,
  removeSummary,
  writeConfig,
  writePictures,
  writeSummary,
} from '../../store/run-files.js';
import type { ChosenModel } from '../../train/model-choice.js';
import type { CheckpointReport, Report, StartReport, WorkersReport } from '../../train/reports.js';
import type { Job } from './job.js';
import { moveRecord } from './recorded-files.js';
import { describeRun, type RunFacts, withChoice } from './run-record.js';

interface Recording extends Omit<RunFacts, 'start' | 'steps'> {
  /** The state that the training resumes from; null for a new training. */
  state: TrainState | null;
  part: Job['part'];
}

/** Reasons for a checkpoint before the end of a training. */
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

  /** The newest checkpoint of this process. */
  get lastCheckpoint(): { path: string; steps: number } | null {
    return this.#writer?.last ?? null;
  }

  /** Records a report. @throws failed if it, or an earlier checkpoint, cannot be written */
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

  /** Waits for the checkpoints. @throws failed if one cannot be written */
  async settle(): Promise<void> {
    await this.#writer?.finish();
  }

  /** Keeps the model of the best epoch of a training that failed, if there is one. @throws failed if it cannot be written */
  async keepBest(): Promise<KeptBest | null> {
    return (await this.#writer?.keepBest({ best: this.#best })) ?? null;
  }

  /** Writes the model and, if the best epoch is another, its model to the checkpoints. Returns the path. */
  async writeModel({ weights, epoch }: ChosenModel, state: TrainState): Promise<string> {
    const { run, network, data } = this.#recording;
    const path = modelPath(run);
    await saveModel(path, { network, task: data.task, encoding: data.encoding, weights });
    // A model of an earlier epoch may be there, which is replaced.
    const isFirst = this.#recording.state === null && !this.#writer!.hasBest;
    if (state.best?.epoch !== epoch || !isFirst) await this.#writer!.keepBest(state);
    return path;
  }

  /** Marks the run as finished. */
  async finish(summary: Plain, pictures: Pictures): Promise<void> {
    const { run } = this.#recording;
    await writePictures(run, pictures);
    // A run with a summary is over: nothing of it is written again after a power loss.
    await syncMetrics(run);
    await writeSummary(run, summary);
  }

  /**
   * Every training can be extended from its last state, except folds and members, which are all trained alike. Without
   * --checkpoint-every, that state has no model of the best epoch with it, because the run's own model may be just that.
   */
  #offer({ reason, state }: CheckpointReport): void {
    const { part, settings } = this.#recording;
    const isAsked = PAUSES.has(reason) || settings.checkpointEvery !== null;
    if (isAsked || part === null) this.#writer!.offer(state, isAsked);
  }

  /** Writes the first files. Until now, nothing of an earlier run was touched. */
  async #begin(start: StartReport): Promise<void> {
    const { run, state, settings, network, data, fingerprint, part } = this.#recording;
    const isFirst = part === null || part.number === 1;
    if (part?.kind === 'member') await part.clear();
    else if (settings.force && isFirst) {
      await clearRun(part?.run ?? run);
      // The empty folder of the fold was removed with the rest.
      await createRunDirectory(run, { force: true });
    }
    await mendFolders(run);
    await removeSummary(run);
    // The current epoch is reported when it is done, even if it has no steps left.
    await mendMetrics(run, ({ epoch }) => state !== null && Number(epoch) < state.epoch);
    const record = describeRun({ ...this.#recording, start, steps: state?.steps ?? 0 });
    // All parts share the record of the first; once it is written, the whole can be resumed.
    if (part && isFirst) await writeConfig(part.run, moveRecord(record, run, part.run));
    this.#config = part ? { ...record, [part.kind]: part.number } : record;
    await writeConfig(run, this.#config);
    const { task, encoding } = data;
    const owner = { network, task, encoding, run: this.#config, data: fingerprint };
    this.#writer = new CheckpointWriter(run, owner, settings.keepCheckpoints);
  }

  /** Records the chosen number of workers. Checkpoints keep the record as it was at the start. */
  async #noteChoice({ workers }: WorkersReport): Promise<void> {
    this.#config = withChoice(this.#config, workers);
    await writeConfig(this.#recording.run, this.#config);
  }
}
