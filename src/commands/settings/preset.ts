/** Fills in the values of a preset where the user gave none. */
import { OPTION_KEYS, type OptionKey, type Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import type { TableOptions } from '../../data/table/options.js';
import { factsOf, presetBins, type TableFacts } from '../../data/table/preset-values.js';
import { choosePreset, isTable, type PresetValues, presetApplies } from '../../train/presets.js';

type Given = Partial<Settings>;

/** A user who gives one of these has rates in mind that go with the plain defaults. */
const DECISIVE: readonly OptionKey[] = ['optimizer', 'lr', 'lrSchedule', 'init', 'findLr', 'scaleLr'];

function presetFor({ preset }: Settings, given: Given) {
  const hasRates = DECISIVE.some(key => given[key] !== undefined);
  return choosePreset(preset, hasRates);
}

/** Whether data that is not read yet may be such that a preset applies. */
export function mayHavePreset(settings: Settings, given: Given): boolean {
  return presetFor(settings, given) !== null;
}

/** What the preset changes in how a table is encoded. */
export function encodingOptions(settings: Settings, given: Given): Pick<TableOptions, 'presetValues'> {
  const found = presetFor(settings, given);
  return found
    ? { presetValues: { leastRows: found.leastRows, ...without(given, found.preset.encoding) } }
    : {};
}

/** Rows for training and for validation. */
interface Parts {
  train: Dataset;
  validation: Dataset | null;
}

function factsOfParts({ validation: asked }: Settings, { train, validation }: Parts): TableFacts {
  return factsOf(train, typeof asked === 'string' ? 0 : (validation?.rows ?? 0));
}

/** Whether a preset applies. @throws usage if one is asked for that the data is not for */
export function hasPreset(settings: Settings, given: Given, parts: Parts): boolean {
  const { train } = parts;
  const found = presetFor(settings, given);
  return found !== null && presetApplies(settings.preset, found, train, factsOfParts(settings, parts).rows);
}

/**
 * The settings with the values of the preset, which then is none, as they say all; as they are if auto means none whatever
 * else is given.
 * @throws usage if a preset is asked for that the data is not for
 */
export function applyPreset(settings: Settings, given: Given, parts: Parts): Settings {
  const { train: data } = parts;
  const found = presetFor(settings, given);
  // Without a choice to make, the same holds when the run is resumed.
  if (settings.preset === 'auto' && !isTable(data)) return settings;
  const plain: Settings = { ...settings, preset: 'none' };
  if (found === null) return plain;
  if (!hasPreset(settings, given, parts)) return settings;
  const { optimizer: rule = null, init, batchSchedule } = given;
  const values = found.preset.training(data, {
    rule,
    hasInit: init != null,
    hasBatchSchedule: batchSchedule != null,
  });
  const { encoding } = found.preset;
  const numberBins = presetBins(encoding.numberBins, factsOfParts(settings, parts));
  return { ...plain, ...without(given, { ...encoding, numberBins, ...settingsOf(values) }) };
}

/** The values as options of the command line. */
function settingsOf({ activation, learningRate, schedule, biasRate, fanInRate, ...same }: PresetValues) {
  return {
    ...same,
    activation: [activation],
    ...(learningRate !== undefined && { lr: learningRate }),
    ...(schedule !== undefined && { lrSchedule: schedule }),
    ...(biasRate !== undefined && { biasLr: biasRate }),
    ...(fanInRate !== undefined && { fanInLr: fanInRate }),
  };
}

/** The values of the options that are not given. */
function without<T extends Given>(given: Given, values: T): T {
  const kept = OPTION_KEYS.filter(key => key in values && given[key] === undefined);
  return Object.fromEntries(kept.map(key => [key, values[key]])) as T;
}
