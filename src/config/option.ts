/** What an entry of the table of options is made of, and who can take one. */
import type { Kind } from './kinds.js';

export const COMMAND_NAMES = [
  'train',
  'evaluate',
  'predict',
  'info',
  'gradcheck',
  'verify',
  'selfcheck',
  'bench',
  'scale',
  'tune',
  'report',
  'runs',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** What an option needs beside it: one of these values of another option; the first is the one to suggest. */
export type Needs = Readonly<Record<string, readonly unknown[]>>;

/** What an option means to one command, where that differs from the others. */
export interface Words {
  readonly help?: string;
  /** What its default means there. */
  readonly default?: string;
  readonly needs?: Needs;
}

/** One option: all that is known of it. A default of null stands for `not given`. */
export interface Option<T> {
  readonly kind: Kind<NonNullable<T>>;
  /** What the library calls it, if not by its key; several names if several calls take it. */
  readonly property?: string | readonly string[];
  /** A value of the library as it is typed, if that is not simply its text. */
  readonly typed?: (value: never) => string;
  readonly default: T;
  /** What the default means, if it doesn't speak for itself. */
  readonly defaultText?: string;
  /** A value that can be typed after the name, for messages. */
  readonly example: string;
  readonly help: string;
  /** The same in a few words, for -h, if the first clause of `help` doesn't do. */
  readonly short?: string;
  readonly commands: readonly CommandName[];
  /** The commands that most users of give it for: -h shows it. */
  readonly usual?: readonly CommandName[];
  readonly of?: Readonly<Partial<Record<CommandName, Words>>>;
  /** What else people type for it. */
  readonly synonyms?: readonly string[];
  readonly needs?: Needs;
  /**
   * What another value changes: the bits of a step, unless said; the outcome, such as after how many steps a training ends;
   * or nothing that is computed. A resumed run may change the latter two, a cross-validation the last.
   */
  readonly changes?: 'outcome' | 'nothing';
  /** Why the trials of a search can't differ in it. */
  readonly fixed?: string;
  /** Left out of --help, the documentation and the records of runs: for the project's own tests. */
  readonly hidden?: boolean;
}

/** Keeps the type of the value. */
export function option<T>(entry: Option<T>): Option<T> {
  return entry;
}

/** The commands that train on data with options of a training. */
export const TRAINING: CommandName[] = ['train', 'verify', 'tune'];
/** The commands that read data. */
export const ON_DATA: CommandName[] = [...TRAINING, 'evaluate', 'predict', 'info', 'scale'];
/** The commands that run one pool of workers. */
export const WITH_WORKERS: CommandName[] = ['train', 'evaluate', 'predict', 'gradcheck', 'bench', 'tune'];
/** The commands that compute. */
export const COMPUTING: CommandName[] = [...WITH_WORKERS, 'verify', 'scale'];
