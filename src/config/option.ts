/** The shape of an entry in the table of options, and the commands that take options. */
import { flag, type Kind } from './kinds.js';

export const COMMAND_NAMES = [
  'train',
  'evaluate',
  'predict',
  'export',
  'explain',
  'info',
  'gradcheck',
  'verify',
  'selfcheck',
  'bench',
  'scale',
  'tune',
  'report',
  'watch',
  'runs',
  'cache',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** The other options that an option needs, each with one of these values; the first is the one to suggest. */
export type Needs = Readonly<Record<string, readonly unknown[]>>;

/** How an option differs for one command. */
export interface Words {
  readonly help?: string;
  /** What its default means. */
  readonly default?: string;
  readonly needs?: Needs;
}

/** Everything about one option. A default of null means that the option is not given. */
export interface Option<T> {
  readonly kind: Kind<NonNullable<T>>;
  /** Its name in the library, if that is not its key; several names if calls of the library differ. */
  readonly property?: string | readonly string[];
  readonly default: T;
  /** What the default means, if the value does not show it; `none` for null. */
  readonly defaultText?: string;
  /** A valid value as it is typed, for messages. */
  readonly example: string;
  readonly help: string;
  /** A short help for -h, if the first clause of `help` is not enough. */
  readonly short?: string;
  readonly commands: readonly CommandName[];
  /** The commands whose -h shows it: those for which most users need it. */
  readonly usual?: readonly CommandName[];
  readonly of?: Readonly<Partial<Record<CommandName, Words>>>;
  /** Names that people type instead of its own. */
  readonly synonyms?: readonly string[];
  readonly needs?: Needs;
  /**
   * What a different value changes: the bits of a step by default; the outcome, such as the number of steps; or nothing that
   * is computed. A resumed run may change options of the last two groups, a resumed cross-validation those of the last.
   */
  readonly changes?: 'outcome' | 'nothing';
  /** Why the trials of a search cannot differ in it. */
  readonly fixed?: string;
  /** Whether only the command line can give it: config files can't, and runs don't record it. */
  readonly lineOnly?: boolean;
  /** Whether it is left out of --help, the documentation and the records of runs, as an option for the project's own tests. */
  readonly hidden?: boolean;
}

/** Returns its argument; it only infers the type of the value. */
export function option<T>(entry: Option<T>): Option<T> {
  return entry;
}

type Switch = Omit<Option<boolean>, 'kind' | 'default' | 'example'>;

/** An option that is off by default; its flag turns it on. */
export function turnsOn(entry: Switch): Option<boolean> {
  return { kind: flag(true), default: false, example: 'true', ...entry };
}

/** An option that is on by default; its flag turns it off, as in --no-shuffle. */
export function turnsOff(entry: Switch): Option<boolean> {
  return { kind: flag(false), default: true, example: 'true', ...entry };
}

/** The commands that take the options of a training. */
export const TRAINING: CommandName[] = ['train', 'verify', 'tune'];
/** The commands that read data. */
export const ON_DATA: CommandName[] = [
  ...TRAINING,
  'evaluate',
  'predict',
  'export',
  'explain',
  'info',
  'scale',
];
/** The commands that run one pool of workers. */
export const WITH_WORKERS: CommandName[] = [
  'train',
  'evaluate',
  'predict',
  'export',
  'explain',
  'gradcheck',
  'bench',
  'tune',
];
/** The commands that compute. */
export const COMPUTING: CommandName[] = [...WITH_WORKERS, 'verify', 'scale'];
