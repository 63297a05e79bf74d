/** One training that is kept in a run's folder: what it is about, and the data and network that come of it. */
import type { Settings } from '../config/options.js';
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Network } from '../model/network.js';
import { type DataFingerprint, describeChange, fingerprintData } from '../store/fingerprint.js';
import { networkFor } from './network.js';
import { fromFolder, type Resumption } from './resume.js';
import { loadTables } from './training.js';

/** A training, and where it is kept. */
export interface Job {
  run: string;
  settings: Settings;
  /** DATA, and the folder that it is relative to. */
  source: string;
  folder: string;
  resumed: Resumption | null;
}

export interface Prepared {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
}

/** The data, and the network for it. @throws usage where a run's data is not what it was */
export async function prepare({ source, folder, settings, resumed, run }: Job): Promise<Prepared> {
  const validationName = settings.validation;
  const tables = await loadTables(fromFolder(folder, source), {
    ...settings,
    validation: typeof validationName === 'string' ? fromFolder(folder, validationName) : validationName,
  });
  const { train: data, validation } = tables;
  const fingerprint = fingerprintData(data, validation);
  const before = resumed?.found?.checkpoint;
  const change = before && describeChange(before.data, fingerprint);
  if (change) {
    throw usageError(
      `${source}: ${change}: it was changed after ${run} was begun.`,
      'Bring the data back as it was, or begin a new run, from these weights with --init.',
    );
  }
  return { network: networkFor(data, settings), data, validation, fingerprint };
}
