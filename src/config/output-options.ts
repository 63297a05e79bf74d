/** Input and output: files, and what is printed. Entries of the table in options.ts. */
import { flag, list, text, whole } from './kinds.js';
import { COMMAND_NAMES, option } from './option.js';

export const OUTPUT_OPTIONS = {
  config: option<string | null>({
    kind: text('FILE', 'a YAML or JSON file'),
    default: null,
    defaultText: 'none',
    example: 'run.yaml',
    help: 'Read options from this YAML or JSON file; for train also a run’s config.json, which names DATA too. Options on the command line win.',
    commands: ['train', 'scale', 'tune'],
    changes: 'nothing',
  }),
  out: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText:
      'train, scale, tune: runs/<time>; predict: stdout; report: report.html, of a search or study the one in its folder',
    example: 'runs/first',
    help: 'train: folder of the run. predict: file, .csv, .json or .parquet. report: file of the page. scale, tune: folder of the study; an interrupted one is resumed.',
    commands: ['train', 'predict', 'report', 'scale', 'tune'],
    changes: 'nothing',
  }),
  layer: option<number | null>({
    // 0 is told by which layers the model has.
    kind: { ...whole({ from: 0 }), expected: 'a hidden layer, 1 being the first' },
    default: null,
    defaultText: 'the predictions',
    example: '1',
    help: 'Write the outputs z of this hidden layer, 1 being the first, instead of the predictions.',
    commands: ['predict'],
    changes: 'nothing',
  }),
  keep: option<string[] | null>({
    kind: list(text('NAME', 'a name'), { empty: false }),
    default: null,
    defaultText: 'none',
    example: 'id',
    help: 'Columns of DATA to write, as they are, before the predictions.',
    commands: ['predict'],
    changes: 'nothing',
  }),
  resume: option<string | null>({
    kind: text('RUN', 'the folder of a run'),
    default: null,
    defaultText: 'none',
    example: 'runs/first',
    help: 'Resume this run from its newest checkpoint, to the same bits as if it had never stopped. Data and options are the run’s own; options that change no bits can be given again, and --epochs extends a finished run.',
    commands: ['train'],
    changes: 'nothing',
  }),
  data: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText: 'where the run has it',
    example: 'houses.csv',
    help: 'With --resume or a run’s config.json: where its DATA is now. Data that was moved along with the run is found without it.',
    commands: ['train'],
    changes: 'nothing',
  }),
  force: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'train: replace the run in --out. predict, report: replace the file at --out, except inputs and files of a run.',
    commands: ['train', 'predict', 'report'],
    changes: 'nothing',
  }),
  json: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Print the result as one JSON object.',
    commands: [...COMMAND_NAMES],
    changes: 'nothing',
  }),
  quiet: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Show no progress.',
    commands: ['train', 'scale', 'tune'],
    changes: 'nothing',
  }),
};
