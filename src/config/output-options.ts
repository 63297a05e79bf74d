/** Input and output: files, and what is printed. Entries of the table in options.ts. */
import { flag, list, text, whole } from './kinds.js';
import { COMMAND_NAMES, option } from './option.js';

export const OUTPUT_OPTIONS = {
  config: option<string | null>({
    kind: text('FILE', 'a YAML or JSON file'),
    default: null,
    defaultText: 'none',
    example: 'run.yaml',
    help: 'Read options from this YAML or JSON file; for train also a run’s config.json, which has DATA too. What stands on the line wins.',
    commands: ['train', 'scale', 'tune'],
  }),
  out: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText:
      'train, scale, tune: runs/<time>; predict: stdout; report: report.html, of a search or study the one in its folder',
    example: 'runs/first',
    help: 'train: the run’s folder. predict: the file, .csv, .json or .parquet. report: the page. scale, tune: the study’s folder; one that was interrupted there goes on.',
    commands: ['train', 'predict', 'report', 'scale', 'tune'],
  }),
  layer: option<number | null>({
    // 0 is told by which layers the model has.
    kind: { ...whole({ from: 0 }), expected: 'a hidden layer, 1 being the first' },
    default: null,
    defaultText: 'the predictions',
    example: '1',
    help: 'Write the outputs z of this hidden layer, 1 being the first, in place of the predictions.',
    commands: ['predict'],
  }),
  keptColumns: option<string[] | null>({
    name: 'keep',
    kind: list(text('NAME', 'a name'), { empty: false }),
    default: null,
    defaultText: 'none',
    example: 'id',
    help: 'Columns of DATA to write, as they are, before the predictions.',
    commands: ['predict'],
  }),
  resume: option<string | null>({
    kind: text('RUN', 'the folder of a run'),
    default: null,
    defaultText: 'none',
    example: 'runs/first',
    help: 'Go on with this run from its newest checkpoint, to the same bits as if it had never stopped. Its data and options are its own; those that change no bits may be given anew.',
    commands: ['train'],
  }),
  data: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText: 'where the run has it',
    example: 'houses.csv',
    help: 'With --resume or a run’s config.json: where its DATA is now. Runs find data that was moved along with them.',
    commands: ['train'],
  }),
  force: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'train: replace the run that --out holds. predict, report: replace the file of --out; one that is read, or belongs to a run, never is.',
    commands: ['train', 'predict', 'report'],
  }),
  json: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Print the result as one JSON object.',
    commands: [...COMMAND_NAMES],
  }),
  quiet: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Show no progress.',
    commands: ['train', 'scale', 'tune'],
  }),
};
