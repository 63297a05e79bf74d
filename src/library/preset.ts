/** Fills in the values of a preset for fit where the program gave none. Pure. */
import type { Dataset } from '../data/dataset.js';
import type { TableOptions } from '../data/table/options.js';
import { usageError } from '../errors.js';
import { makeOptimizer } from '../model/optimizer.js';
import { makeSchedule } from '../model/schedule.js';
import { choosePreset, type PresetValues, presetApplies } from '../train/presets.js';
import type { FitOptions } from './options.js';

/** A program that gives one of these has rates in mind that go with the plain defaults. */
const DECISIVE = ['optimizer', 'learningRate', 'schedule', 'init'] as const;

function presetFor(options: FitOptions) {
  const hasRates = DECISIVE.some(key => options[key] !== undefined);
  return choosePreset(options.preset ?? 'auto', hasRates);
}

/** What the preset changes in how rows are encoded. */
export function encodingOf(options: FitOptions): Pick<TableOptions, 'presetValues'> {
  const found = presetFor(options);
  if (!found) return {};
  const { scale, numberBins, clipPredictions } = { ...found.preset.encoding, ...given(options) };
  return { presetValues: { leastRows: found.leastRows, scale, numberBins, clipPredictions } };
}

/** The options with the values of the preset. @throws usage if a preset is asked for that the rows are not for */
export function withPreset(options: FitOptions, data: Dataset, validation: Dataset | null): FitOptions {
  const found = presetFor(options);
  if (!found) return options;
  const drawn = typeof options.validation === 'object' ? 0 : (validation?.rows ?? 0);
  if (!presetApplies(options.preset ?? 'auto', found, data, data.rows + drawn)) return options;
  const { optimizer } = options;
  const values = found.preset.training(data, {
    rule: (typeof optimizer === 'object' ? optimizer.name : optimizer) ?? null,
    hasInit: options.init != null,
    hasBatchSchedule: options.batchSchedule !== undefined,
  });
  const { optimizer: made, ...others } = fitOptionsOf(values);
  const isMade = made !== undefined && typeof optimizer !== 'object';
  return { ...others, ...given(options), ...(isMade && { optimizer: made }) };
}

/** @throws usage if a preset is asked for a Dataset, whose rows are encoded already */
export function checkPreset({ preset = 'auto' }: FitOptions): void {
  if (preset === 'auto' || preset === 'none') return;
  throw usageError(
    `preset: expected auto or none, as the rows are a Dataset, which is encoded already; got ${preset}.`,
    'Give the rows as objects or as { x, y }.',
  );
}

/** The values as options of fit. */
function fitOptionsOf({ beta2, biasRate, fanInRate, inputScale, ...values }: PresetValues): FitOptions {
  const { optimizer, schedule, ...same } = values;
  const constants = {
    ...(beta2 !== undefined && { beta2 }),
    ...(biasRate !== undefined && { biasRate }),
    ...(fanInRate !== undefined && { fanInRate }),
    ...(inputScale !== undefined && { inputScale }),
  };
  return {
    ...same,
    ...(optimizer && { optimizer: makeOptimizer(optimizer, constants) }),
    ...(schedule && { schedule: makeSchedule(schedule, {}) }),
  };
}

function given(options: FitOptions): FitOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
