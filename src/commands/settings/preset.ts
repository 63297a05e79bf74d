/** Fills in the values of a preset where the user gave none. */
import { OPTION_KEYS, type OptionKey, type Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import type { TableOptions } from '../../data/table/options.js';
import { usageError } from '../../errors.js';
import { PRESETS } from './presets.js';

type Given = Partial<Settings>;

/** Fewer rows are learnt as without a preset: they have no validation rows by default, which decide which epoch is kept. */
const LEAST_ROWS = 250;

/** A user who gives one of these has rates in mind that go with the plain defaults. */
const DECISIVE: readonly OptionKey[] = ['optimizer', 'lr', 'lrSchedule', 'init', 'findLr', 'scaleLr'];

/** The preset that applies, and the least rows of a table with which it does; null: none. */
function presetFor({ preset: name }: Settings, given: Given) {
  if (name === 'none') return null;
  if (name !== 'auto') return { preset: PRESETS[name], leastRows: 1 };
  return DECISIVE.some(key => given[key] !== undefined)
    ? null
    : { preset: PRESETS.tabular, leastRows: LEAST_ROWS };
}

/** What the preset changes in how a table is encoded. */
export function encodingOptions(settings: Settings, given: Given): Pick<TableOptions, 'presetValues'> {
  const found = presetFor(settings, given);
  return found
    ? { presetValues: { leastRows: found.leastRows, ...without(given, found.preset.encoding) } }
    : {};
}

/**
 * The settings with the values of the preset, which then is none, as they say all; as they are if auto means none whatever
 * else is given.
 * @throws usage if a preset is asked for that the data is not for
 */
export function applyPreset(
  settings: Settings,
  given: Given,
  { train: data, validation }: { train: Dataset; validation: Dataset | null },
): Settings {
  const found = presetFor(settings, given);
  // Without a choice to make, the same holds when the run is resumed.
  if (settings.preset === 'auto' && !isTable(data)) return settings;
  const plain: Settings = { ...settings, preset: 'none' };
  if (found === null) return plain;
  const { preset, leastRows } = found;
  const drawn = typeof settings.validation === 'string' ? 0 : (validation?.rows ?? 0);
  if (isTable(data) && data.rows + drawn >= leastRows) {
    return { ...plain, ...without(given, { ...preset.encoding, ...preset.training(data, given) }) };
  }
  if (settings.preset === 'auto') return settings;
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
