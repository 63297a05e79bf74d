/** Fills in the values of a preset where the user gave none. */
import { OPTION_KEYS, type Settings } from '../../config/options.js';

import type { Dataset } from '../../data/dataset.js';
import type { LoadOptions } from '../../data/load.js';
import { usageError } from '../../errors.js';
import { PRESETS, type PresetName } from './presets.js';

type Given = Partial<Settings>;

/** The preset that applies if the data is a table; null: none. */
function presetFor({ preset }: Settings) {
  return preset === 'none' ? null : PRESETS[preset satisfies PresetName];
}

/** What the preset changes in how a table is encoded. */
export function encodingOptions(settings: Settings, given: Given): Pick<LoadOptions, 'ofTables'> {
  const preset = presetFor(settings);
  return preset === null ? {} : { ofTables: without(given, preset.encoding) };
}

/**
 * The settings with the values of the preset, which then is none: they say all.
 * @throws usage if a preset is asked for that the data is not for
 */
export function applyPreset(settings: Settings, given: Given, data: Dataset): Settings {
  const preset = presetFor(settings);
  const plain: Settings = { ...settings, preset: 'none' };
  if (preset === null) return plain;
  if (isTable(data)) {
    return { ...plain, ...without(given, { ...preset.encoding, ...preset.training(data, given) }) };
  }
  if (given.preset === undefined) return plain;
  throw usageError(
    `--preset ${settings.preset} is for tables with a target, and ${data.source} is none.`,
    'Leave --preset out.',
  );
}

function isTable({ encoding, source }: Dataset): boolean {
  return encoding.kind === 'table' && !encoding.targetIsInput && !source.startsWith('synthetic:');
}

/** The values of the options that are not given. */
function without<T extends Given>(given: Given, values: T): T {
  const kept = OPTION_KEYS.filter(key => key in values && given[key] === undefined);
  return Object.fromEntries(kept.map(key => [key, values[key]])) as T;
}
