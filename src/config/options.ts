/**
 * The table of all options: values, default, help, the commands that take each, what it needs and what it changes. The
 * flags, the keys of config files, the checks, the defaults, the help and docs/options.md all come from it. The name of an
 * option is its key with dashes: batchSize is --batch-size. If the default is true, the flag turns it off: shuffle is
 * --no-shuffle.
 */
import { DATA_OPTIONS } from './data-options.js';
import { INTERRUPTION_OPTIONS } from './interruption-options.js';
import { typedText } from './kinds.js';
import { MACHINE_OPTIONS } from './machine-options.js';
import { MEASUREMENT_OPTIONS } from './measurement-options.js';
import { NETWORK_OPTIONS } from './network-options.js';
import { COMMAND_NAMES, type CommandName, type Option } from './option.js';
import { OUTPUT_OPTIONS } from './output-options.js';
import { PERTURBATION_OPTIONS } from './perturbation-options.js';
import { SCHEDULE_OPTIONS } from './schedule-options.js';
import { STOPPING_OPTIONS } from './stopping-options.js';
import { STUDY_OPTIONS } from './study-options.js';
import { TRAINING_OPTIONS } from './training-options.js';
import { TUNE_OPTIONS } from './tune-options.js';
import { UPDATE_OPTIONS } from './update-options.js';

export { COMMAND_NAMES, type CommandName };

/** The groups of the table, in its order. */
const TABLE = {
  Data: DATA_OPTIONS,
  Network: NETWORK_OPTIONS,
  Training: TRAINING_OPTIONS,
  'Learning rate': SCHEDULE_OPTIONS,
  Update: UPDATE_OPTIONS,
  Stopping: STOPPING_OPTIONS,
  'Dropout, noise and distortion': PERTURBATION_OPTIONS,
  Machine: MACHINE_OPTIONS,
  Interruption: INTERRUPTION_OPTIONS,
  Measurement: MEASUREMENT_OPTIONS,
  'Scaling study': STUDY_OPTIONS,
  Search: TUNE_OPTIONS,
  'Input and output': OUTPUT_OPTIONS,
};
export type Group = keyof typeof TABLE;
export const GROUPS = Object.keys(TABLE) as Group[];

/** Groups whose options cannot be searched: they are the same for all trials. */
const FIXED_GROUPS: ReadonlySet<Group> = new Set(['Data', 'Machine', 'Search', 'Input and output']);

export const OPTIONS = {
  ...DATA_OPTIONS,
  ...NETWORK_OPTIONS,
  ...TRAINING_OPTIONS,
  ...SCHEDULE_OPTIONS,
  ...UPDATE_OPTIONS,
  ...STOPPING_OPTIONS,
  ...PERTURBATION_OPTIONS,
  ...MACHINE_OPTIONS,
  ...INTERRUPTION_OPTIONS,
  ...MEASUREMENT_OPTIONS,
  ...STUDY_OPTIONS,
  ...TUNE_OPTIONS,
  ...OUTPUT_OPTIONS,
};

export type OptionKey = keyof typeof OPTIONS;

/** The values of all options. */
export type Settings = { -readonly [K in OptionKey]: (typeof OPTIONS)[K]['default'] };

/** All keys, in the order of the table. */
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

/** An entry of the table, whatever the type of its value. */
export function optionOf(key: OptionKey): Option<unknown> {
  return OPTIONS[key] as Option<unknown>;
}

/** batchSize → batch-size; shuffle, which is on by default, → no-shuffle. */
export function nameOf(key: OptionKey): string {
  const words = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return OPTIONS[key].default === true ? `no-${words}` : words;
}

/** The options of a command, in the order of the table. */
export function optionsOf(command: CommandName): OptionKey[] {
  return OPTION_KEYS.filter(key => OPTIONS[key].commands.includes(command));
}

/** The options that an option needs for a command, with their values. */
export function needsOf(
  key: OptionKey,
  command: CommandName,
): [key: OptionKey, values: readonly unknown[]][] {
  const { needs, of } = optionOf(key);
  return Object.entries({ ...needs, ...of?.[command]?.needs }) as [OptionKey, readonly unknown[]][];
}

/** Why the trials of a search cannot differ in an option; null if they can. */
export function whyFixed(key: OptionKey): string | null {
  const { fixed } = optionOf(key);
  return fixed ?? (FIXED_GROUPS.has(groupOf(key)) ? 'it is the same for all trials' : null);
}

/** The help of an option, in the words of a command if it has its own. */
export function helpOf(key: OptionKey, command?: CommandName): string {
  const { help, of } = optionOf(key);
  return (command && of?.[command]?.help) ?? help;
}

/** The short help of an option: from the table, or the first clause of its help. */
export function briefHelpOf(key: OptionKey, command: CommandName): string {
  const { short } = optionOf(key);
  return (
    short ??
    helpOf(key, command)
      .replace(/[;:.(](\s.*|$)/s, '')
      .trim()
  );
}

/** The default of an option as help shows it. */
export function describeDefault(key: OptionKey, command?: CommandName): string {
  const { kind, default: value, defaultText, of } = optionOf(key);
  const text = (command && of?.[command]?.default) ?? defaultText;
  if (text !== undefined) return text;
  if (!kind.takesValue) return 'off';
  if (value === null) return 'none';
  return typedText(value) || 'none';
}

/** The group of an option. */
export function groupOf(key: OptionKey): Group {
  return GROUPS.find(group => Object.hasOwn(TABLE[group], key))!;
}
