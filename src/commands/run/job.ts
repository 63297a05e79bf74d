/** One training that is kept in a run's folder: what it is about, and the data and network that come of it. */
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import type { Network } from '../../model/network.js';
import { type DataFingerprint, describeChange, fingerprintData } from '../../store/fingerprint.js';
import type { Plain } from '../../store/run-files.js';
import { networkFor } from '../settings/network.js';
import { loadTables } from '../settings/train-options.js';
import type { Place } from './recorded-files.js';
import type { Resumption } from './resume.js';

/** A training, and where it is kept. */
export interface Job {
  run: string;
  settings: Settings;
  /** DATA. */
  source: string;
  /** Where else DATA and the validation rows of a resumed run may be. */
  otherPlaces: readonly Place[];
  resumed: Resumption | null;
  /** What it is of a cross-validation; null where it is a training by itself. */
  fold: Fold | null;
}

export interface Fold {
  /** From 1. */
  number: number;
  of: number;
  /** The folder of the cross-validation. */
  run: string;
}

/** Rows to learn from, and to judge by. */
interface Tables {
  train: Dataset;
  validation: Dataset | null;
}

export interface Prepared {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
}

/**
 * The data, and the network for it; and the job with the place where the data of a resumed run was found.
 * @throws usage if a run's data is not what it was
 */
export function prepare(job: Job): Promise<{ job: Job; prepared: Prepared }> {
  return inFirstPlace(job, async placed => {
    return { job: placed, prepared: prepareTables(placed, await loadTables(placed.source, placed.settings)) };
  });
}

/** Does work with the first place of a job's rows where it succeeds. @throws what it throws with the likeliest one */
export async function inFirstPlace<T>(job: Job, work: (placed: Job) => Promise<T>): Promise<T> {
  const { source, settings, otherPlaces } = job;
  let refusal: unknown = null;
  for (const { source: from, validation } of [{ source, validation: settings.validation }, ...otherPlaces]) {
    try {
      return await work({ ...job, source: from, settings: { ...settings, validation } });
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

/** The network for data that is there. @throws usage where a run's data is not what it was */
export function prepareTables(job: Job, { train: data, validation }: Tables): Prepared {
  const fingerprint = fingerprintData(data, validation);
  const before = job.resumed?.found?.checkpoint;
  if (before) refuseChange(job, before.data, fingerprint);
  return { network: networkFor(data, job.settings), data, validation, fingerprint };
}

/** Holds data against a run's record. @throws usage where it is not what it was */
export function checkUnchanged(job: Job, { fingerprint }: Plain, { train, validation }: Tables): void {
  refuseChange(job, fingerprint as DataFingerprint, fingerprintData(train, validation));
}

function refuseChange({ source, run }: Job, before: DataFingerprint, now: DataFingerprint): void {
  const change = describeChange(before, now);
  if (change === null) return;
  throw usageError(
    `${source}: ${change}: it was changed after ${run} was begun.`,
    'Say where the unchanged data is with --data PATH, or begin a new run, from these weights with --init.',
  );
}
