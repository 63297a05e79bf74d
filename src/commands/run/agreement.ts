/**
 * Checks that a run is resumed with the options that it was started with, except those that change no bits: those in
 * config.json, which may have been edited, and those in the checkpoint.
 */
import { plainValue, typedText } from '../../config/kinds.js';
import { nameOf, OPTION_KEYS, type OptionKey, optionOf, type Settings } from '../../config/options.js';
import { checkOptions, defaults, type Given } from '../../config/settings.js';
import { failure, usageError } from '../../errors.js';
import { goesByAllSteps } from '../../model/schedule.js';
import type { Found } from '../../store/checkpoint-folder.js';
import type { Plain } from '../../store/run-files.js';
import { FILE_OPTIONS } from './recorded-files.js';

/** The options of a run: as given, and with the values that auto was replaced by. */
export interface Recorded {
  asked: Settings;
  settled: Settings;
}

export function readRecorded(run: Plain, where: string): Recorded {
  const { options, backend, batchSize, learningRate } = run;
  if (typeof options !== 'object' || options === null) {
    throw failure(`${where} does not hold the options of a run.`, 'Use a run of this version of lockstep.');
  }
  const asked = { ...defaults(), ...checkOptions('train', options as Given, where) };
  const became = {
    backend,
    // A batch of all rows stays one, and a rate that is scaled will be scaled again.
    ...(asked.batchSchedule === null
      ? { 'batch-size': asked.batchSize === 'full' ? 'full' : batchSize }
      : {}),
    ...(asked.scaleLr === 'none' ? { lr: learningRate } : {}),
  };
  return { asked, settled: { ...asked, ...checkOptions('train', became, where) } };
}

/**
 * @param place names an option in the message
 * @param which describes the expected value in the message
 * @throws usage at the first option that would change bits
 */
export function checkAgreement(
  given: Partial<Settings>,
  { asked, settled }: Recorded,
  place: (name: string) => string,
  which: string,
): void {
  for (const key of OPTION_KEYS) {
    if (given[key] === undefined || isChangeable(key) || isOtherName(key, given[key], asked[key])) continue;
    if (isSame(given[key], asked[key]) || isSame(given[key], settled[key])) continue;
    if (isOfClass(key, given[key]) && isOfClass(key, settled[key])) continue;
    throw usageError(
      `${place(nameOf(key))}: expected ${show(key, settled)}, ${which}; got ${show(key, given)}.`,
      'Another value would change the bits. Leave the option out, or start a new run, from these weights with --init.',
    );
  }
}

/** @throws usage if the run's config.json has other options than its checkpoint */
export function checkRecord(recorded: Recorded, where: string, { path, checkpoint }: Found): void {
  const begun = readRecorded(checkpoint.run, path);
  for (const present of [recorded.asked, recorded.settled]) {
    checkAgreement(present, begun, name => `${where}, ${name}`, `as ${path} has it`);
  }
}

/**
 * @param epoch the epoch that the run is in
 * @throws usage if it would end before that epoch, or a schedule depends on an end that is changed
 */
export function checkLimits(merged: Settings, { settled }: Recorded, run: string, epoch: number): void {
  for (const key of ['epochs', 'maxSteps'] as const) {
    if (merged[key] === settled[key] || !goesByAllSteps(merged.lrSchedule)) continue;
    throw usageError(
      `--${nameOf(key)}: expected ${show(key, settled)}, as ${run} was started with; got ${show(key, merged)}.`,
      `--lr-schedule ${merged.lrSchedule} depends on the last step. Start a new run, from these weights with --init.`,
    );
  }
  if (merged.epochs >= epoch) return;
  throw usageError(
    `--epochs: expected at least ${epoch}, because ${run} is in epoch ${epoch}; got ${merged.epochs}.`,
  );
}

/** @throws usage if some folds or members would be trained differently from the first */
export function checkParts(merged: Settings, { asked, settled }: Recorded, run: string): void {
  const parts = asked.folds === null ? 'members' : 'folds';
  for (const key of OPTION_KEYS) {
    if (optionOf(key).changes !== 'outcome') continue;
    if (isSame(merged[key], asked[key]) || isSame(merged[key], settled[key])) continue;
    throw usageError(
      `--${nameOf(key)}: expected ${show(key, settled)}, as the ${parts} of ${run} were started with; got ${show(key, merged)}.`,
      `All ${parts} are trained alike. Leave the option out, or start a new run.`,
    );
  }
}

/** The options of the command line that replace recorded ones. */
export function changesOf(given: Partial<Settings>, { asked }: Recorded): Partial<Settings> {
  const keys = OPTION_KEYS.filter(
    key =>
      given[key] !== undefined &&
      (isChangeable(key) || isOfClass(key, given[key]) || isOtherName(key, given[key], asked[key])),
  );
  return Object.fromEntries(keys.map(key => [key, given[key]]));
}

function isChangeable(key: OptionKey): boolean {
  return optionOf(key).changes !== undefined;
}

/** Whether it is another name of a file, which may have moved; its content is compared with the checkpoint. */
function isOtherName(key: OptionKey, given: unknown, asked: unknown): boolean {
  return FILE_OPTIONS.some(one => one === key) && typeof given === 'string' && typeof asked === 'string';
}

/** Whether it is a backend with a class of arithmetic: that is compared when the training starts (settings/machine.ts). */
function isOfClass(key: OptionKey, value: unknown): boolean {
  return key === 'backend' && (value === 'native' || value === 'wasm');
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(key: OptionKey, settings: Partial<Settings>): string {
  const value = settings[key];
  return value == null ? 'none' : typedText(plainValue(optionOf(key).kind, value)) || 'none';
}
