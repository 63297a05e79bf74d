/** What an entry of the table of options is made of, and who can take one. */
import type { Kind } from './kinds.js';

export const COMMAND_NAMES = [
  'train',
  'evaluate',
  'predict',
  'info',
  'gradcheck',
  'verify',
  'bench',
  'scale',
  'tune',
  'report',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** One option. A default of null stands for `not given`. */
export interface Option<T> {
  /** Where it is not the key with dashes: two entries may share a name, each for its own commands. */
  readonly name?: string;
  readonly kind: Kind<NonNullable<T>>;
  /** What the library calls it, if not by its key. */
  readonly property?: string;
  /** A value of the library as it is typed, if that is not simply its text. */
  readonly typed?: (value: never) => string;
  readonly default: T;
  /** What the default means, where it doesn't speak for itself. */
  readonly defaultText?: string;
  /** A value that can be typed after the name, for messages. */
  readonly example: string;
  readonly help: string;
  readonly commands: readonly CommandName[];
  /** Left out of --help, the README and the records of runs: for the project's own tests. */
  readonly hidden?: boolean;
}

/** Keeps the type of the value. */
export function option<T>(entry: Option<T>): Option<T> {
  return entry;
}

/** The commands that train on data. */
export const TRAINING: CommandName[] = ['train', 'verify'];
/** The commands that read data. */
export const ON_DATA: CommandName[] = [...TRAINING, 'evaluate', 'predict', 'info', 'scale'];
/** The commands that run one pool of workers. */
export const WITH_WORKERS: CommandName[] = ['train', 'evaluate', 'predict', 'gradcheck', 'bench'];
/** The commands that compute. */
export const COMPUTING: CommandName[] = [...WITH_WORKERS, 'verify', 'scale'];
