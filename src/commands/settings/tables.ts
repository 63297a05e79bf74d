/**
 * Loads the rows of a training: from DATA or, with --cache, from a cache of them; on several ranks, on all of them if
 * they can.
 */
import { writeFlags } from '../../config/flags.js';
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import type { Folds } from '../../data/folds.js';
import { loadData, loadFolds } from '../../data/load.js';
import type { LoadOptions } from '../../data/load-options.js';
import { countRanks } from '../../session/leader.js';
import type { DataFingerprint } from '../../store/fingerprint.js';
import type { Call } from '../line/call.js';
import { loadCached } from './cached.js';
import { networkFor } from './network.js';
import { applyPreset, encodingOptions } from './preset.js';
import { readOnRanks } from './rank-rows.js';
import { checkRefitRows } from './refit.js';
import { checkTogether, loadOptions, trainOptions } from './train-options.js';

export interface Tables {
  train: Dataset;
  validation: Dataset | null;
  /** null if it has not been computed. */
  fingerprint: DataFingerprint | null;
}

/** Data, network and options of a training. @throws failed, usage */
export async function planTraining(
  source: string,
  { settings: asked, chosen, signal }: Pick<Call, 'settings' | 'chosen' | 'signal'>,
) {
  const tables = await loadTables(source, asked, chosen);
  const { train: data, validation } = tables;
  const settings = applyPreset(asked, chosen, tables);
  checkTogether(settings);
  checkRefitRows(settings, data, validation);
  const network = networkFor(data, settings);
  return {
    data,
    validation,
    network,
    settings,
    options: await trainOptions(network, data, settings, signal),
  };
}

/** Loads the training and the validation rows. @throws failed, usage */
export async function loadTables(
  source: string,
  settings: Settings,
  chosen: Partial<Settings>,
): Promise<Tables> {
  const options: LoadOptions = {
    ...loadOptions(settings),
    validation: settings.validation,
    splitsTables: true,
    ...encodingOptions(settings, chosen),
  };
  const { cache, quiet } = settings;
  const fromCache = cache === null ? null : () => loadCached(source, options, settings);
  if (countRanks() > 1) {
    const { parts, fingerprint } = await readOnRanks({ source, options, folds: null, fromCache, quiet });
    return { ...parts(0), fingerprint };
  }
  if (fromCache) return fromCache();
  return { ...(await loadData(source, options, writeFlags)), fingerprint: null };
}

/** Deals the rows into folds. @throws failed, usage */
export async function loadFoldTables(
  source: string,
  settings: Settings,
  chosen: Partial<Settings>,
): Promise<Folds> {
  const options = { ...loadOptions(settings), ...encodingOptions(settings, chosen) };
  const count = settings.folds!;
  if (countRanks() === 1) return loadFolds(source, options, count, writeFlags);
  const rows = { source, options: { ...options, validation: null }, folds: count, fromCache: null };
  const { parts } = await readOnRanks({ ...rows, quiet: settings.quiet });
  return { count, fold: i => parts(i) as ReturnType<Folds['fold']> };
}
