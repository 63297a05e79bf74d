/**
 * From options as they are given to the settings of a command. Names and values are checked against the table; the command
 * line overrides the config file, which overrides the defaults.
 */
import { usageError } from '../errors.js';
import { nearest } from '../nearest.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { enumerate, plainValue } from './kinds.js';
import {
  type CommandName,
  groupOf,
  nameOf,
  OPTION_KEYS,
  OPTIONS,
  type OptionKey,
  optionOf,
  optionsOf,
  type Settings,
} from './options.js';

/** Names and values as they are given, unchecked. */
export type Given = Readonly<Record<string, unknown>>;

/** The settings of a command, and where they come from. */
export interface Read {
  settings: Settings;
  /** The options of the command line. */
  given: Partial<Settings>;
  /** The options of the command line and of the config file: those that are not defaults. */
  chosen: Partial<Settings>;
  /** If the config file is a run's own config.json: what it says about the run. */
  recorded: ConfigFile['recorded'];
}

/**
 * The settings of a command from the options of the command line and of the config file, if it names one.
 * @throws usage if a name is unknown or a value not valid
 */
export async function readSettings(command: CommandName, line: Given): Promise<Read> {
  const given = checkOptions(command, line, null);
  const { config } = given;
  const { options, recorded } = config ? await readConfigFile(config) : { options: {}, recorded: null };
  const fromFile = config ? checkOptions(command, options, config) : {};
  if (fromFile.config) {
    throw usageError(`${config}, config: a config file cannot name another one; got ${fromFile.config}.`);
  }
  const chosen = { ...fromFile, ...given };
  return { settings: { ...defaults(), ...chosen }, given, chosen, recorded };
}

/** The default of every option. */
export function defaults(): Settings {
  const entries = OPTION_KEYS.map(key => [key, OPTIONS[key].default]);
  return Object.fromEntries(entries) as Settings;
}

/** The settings that affect the result of a command, as a config file holds them. */
export function writeSettings(command: CommandName, settings: Settings): Record<string, unknown> {
  const keys = optionsOf(command).filter(
    key =>
      groupOf(key) !== 'Input and output' &&
      settings[key] !== null &&
      !optionOf(key).hidden &&
      !optionOf(key).lineOnly,
  );
  return Object.fromEntries(
    keys.map(key => {
      const off = OPTIONS[key].default === true;
      return [nameOf(key), off ? !settings[key] : plainValue(optionOf(key).kind, settings[key]!)];
    }),
  );
}

/**
 * The checked values of options.
 * @param file the config file that they are from; null for the command line
 * @throws usage if a name is unknown or a value not valid
 */
export function checkOptions(command: CommandName, given: Given, file: string | null): Partial<Settings> {
  const known = new Map(optionsOf(command).map(key => [nameOf(key), key]));
  const entries = Object.entries(given).map(([name, raw]) => {
    const key = known.get(name);
    if (key === undefined) throw unknownOption(command, name, file);
    if (file !== null && optionOf(key).lineOnly) {
      throw usageError(`${place(name, file)}: only the command line can give it.`, `Type --${name} instead.`);
    }
    return [key, checkValue(key, raw, file)];
  });
  return Object.fromEntries(entries) as Partial<Settings>;
}

function checkValue(key: OptionKey, raw: unknown, file: string | null): unknown {
  const { kind, example } = optionOf(key);
  const value = file === null && kind.readLine ? kind.readLine(raw) : kind.read(raw);
  if (value !== undefined) return value;
  const name = nameOf(key);
  throw usageError(
    `${place(name, file)}: expected ${kind.expected}, got ${describeValue(raw, file)}.`,
    `Try ${file === null ? `--${name} ${example}` : `${name}: ${example}`}.`,
  );
}

function unknownOption(command: CommandName, name: string, file: string | null) {
  const meant = optionMeant(command, name);
  const elsewhere = OPTION_KEYS.find(key => nameOf(key) === name);
  const dashes = file === null ? '--' : '';
  const taken = elsewhere === undefined ? '' : `; ${takers(elsewhere)}`;
  return usageError(
    `${place(name, file)} is not an option of lockstep ${command}${taken}.`,
    meant === undefined ? `lockstep ${command} --help lists them.` : `Did you mean ${dashes}${meant}?`,
  );
}

/** The option that the name is a synonym of, or whose name is nearest. */
function optionMeant(command: CommandName, name: string): string | undefined {
  const keys = optionsOf(command);
  const plain = name.toLowerCase().replaceAll('_', '-');
  const same = keys.find(key => optionOf(key).synonyms?.includes(plain));
  return same === undefined ? nearest(plain, keys.map(nameOf)) : nameOf(same);
}

/** train, verify and tune take it */
function takers(key: OptionKey): string {
  const { commands } = OPTIONS[key];
  return `${enumerate(commands, 'and')} ${commands.length === 1 ? 'takes' : 'take'} it`;
}

function place(name: string, file: string | null): string {
  if (file !== null) return `${file}, ${name}`;
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** A value short enough for a message. An option of the command line without a value arrives as true. */
export function describeValue(raw: unknown, file: string | null): string {
  if (raw === '' || raw === null || (raw === true && file === null)) return 'nothing';
  const plain = typeof raw === 'number' || (typeof raw === 'string' && !Number.isNaN(Number(raw)));
  const shown = plain ? String(raw) : JSON.stringify(raw);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
