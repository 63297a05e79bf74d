/** A training that is kept in the folder of a run: its settings, data and network. */
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import type { Loaded } from '../../data/load.js';
import { usageError } from '../../errors.js';
import { seedOf } from '../../model/members.js';
import type { Network } from '../../model/network.js';
import { type DataFingerprint, describeChange, fingerprintData } from '../../store/fingerprint.js';
import type { Plain } from '../../store/run-files.js';
import type { Report } from '../../train/reports.js';
import { networkFor } from '../settings/network.js';
import { applyPreset } from '../settings/preset.js';
import { checkRefitRows } from '../settings/refit.js';
import { loadTables, type Tables } from '../settings/tables.js';
import { checkTogether } from '../settings/train-options.js';
import type { Place } from './recorded-files.js';
import type { Resumption } from './resume.js';

/** A training and its folder. */
export interface Job {
  run: string;
  settings: Settings;
  /** Options that were chosen, which a preset does not replace. */
  chosen: Partial<Settings>;
  /** DATA. */
  source: string;
  /** Other places where the data of a resumed run may be. */
  otherPlaces: readonly Place[];
  resumed: Resumption | null;
  /** What it is of a cross-validation or an ensemble; null if it is neither. */
  part: Fold | Member | null;
}

/** A training whose folder lies in that of a run of several. */
interface Part {
  /** From 1. */
  number: number;
  of: number;
  /** The folder of all. */
  run: string;
}

export interface Fold extends Part {
  kind: 'fold';
}

/** Members differ only in their seeds, and may run at the same time. */
interface Member extends Part {
  kind: 'member';
  /** Workers of this one; null: as the options say. */
  workers: number | null;
  /** Shows what it reports, in place of the lines of a training. */
  show(report: Report): void;
  /** Removes the run that is replaced, once for all members. Called when one begins, so that a refused training removes nothing. */
  clear(): Promise<void>;
}

/** The settings of a training, with the seed of its weights and order: that of the run, plus 1 for each member before it. */
export function seededSettings({ settings, part }: Pick<Job, 'settings' | 'part'>): Settings {
  if (part?.kind !== 'member') return settings;
  const { workers, number } = part;
  return { ...settings, seed: seedOf(settings.seed, number), ...(workers !== null && { workers }) };
}

export interface Prepared {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
}

/**
 * Loads the data and makes the network; returns the job with the place where the data was found.
 * @throws usage if the data of a run has changed
 */
export function prepare(job: Job): Promise<{ job: Job; prepared: Prepared }> {
  return inFirstPlace(job, async placed => {
    const tables = await loadTables(placed.source, placed.settings, placed.chosen);
    const settings = applyPreset(placed.settings, placed.chosen, tables);
    checkTogether(settings);
    checkRefitRows(settings, tables.train, tables.validation);
    const settled = { ...placed, settings };
    return { job: settled, prepared: prepareTables(settled, tables) };
  });
}

/** Does work with the places of a job's data, until it succeeds with one. @throws the error for the first place */
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

/** Makes the network for loaded data. @throws usage if the data of a run has changed */
export function prepareTables(job: Job, { train: data, validation, fingerprint: known }: Tables): Prepared {
  const fingerprint = known ?? fingerprintData(data, validation);
  const before = job.resumed?.found?.checkpoint;
  if (before) refuseChange(job, before.data, fingerprint);
  return { network: networkFor(data, job.settings), data, validation, fingerprint };
}

/** Compares data with the record of a run. @throws usage if it has changed */
export function checkUnchanged(job: Job, { fingerprint }: Plain, { train, validation }: Loaded): void {
  refuseChange(job, fingerprint as DataFingerprint, fingerprintData(train, validation));
}

function refuseChange({ source, run }: Job, before: DataFingerprint, now: DataFingerprint): void {
  const change = describeChange(before, now);
  if (change === null) return;
  throw usageError(
    `${source}: ${change}: the data has changed since ${run} was started.`,
    'Name the unchanged data with --data PATH, or start a new run, from these weights with --init.',
  );
}
