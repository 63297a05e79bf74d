/** Input and output: config files, folders, and what is printed. Entries of the table in options.ts. */
import { choice, list, text, whole } from './kinds.js';
import { COMMAND_NAMES, option, turnsOff, turnsOn } from './option.js';
import { networks } from './study-kinds.js';

/** What a model can be written as for other programs. */
export const EXPORT_FORMATS = ['onnx', 'json', 'html', 'code'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const OUTPUT_OPTIONS = {
  config: option<string | null>({
    kind: text('FILE', 'a YAML or JSON file'),
    default: null,
    example: 'run.yaml',
    help: 'Read options from this YAML or JSON file; train also takes the config.json of a run, which names DATA too. Options on the command line win.',
    commands: ['train', 'scale', 'tune'],
    changes: 'nothing',
    synonyms: ['options', 'c'],
    of: {
      scale: { help: 'Read options from this YAML or JSON file. Options on the command line win.' },
      tune: { help: 'Read options from this YAML or JSON file. Options on the command line win.' },
    },
  }),
  out: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText:
      'train, scale, tune: runs/<time>; predict: stdout; export: beside the model; explain: none; report: report.html in the folder; for several runs, in the current one',
    example: 'runs/first',
    help: 'train: folder of the run. predict: file, .csv, .json or .parquet. export: file of the model. explain, report: file of the page. scale, tune: folder of the study; an interrupted one is resumed.',
    commands: ['train', 'predict', 'export', 'explain', 'report', 'scale', 'tune'],
    changes: 'nothing',
    synonyms: ['output', 'o', 'output-dir', 'out-dir', 'dir'],
    usual: ['train', 'predict', 'export', 'explain', 'report', 'scale', 'tune'],
    of: {
      explain: { default: 'no page', help: 'File of a page with pictures.' },
      export: {
        default: 'model.onnx, .json, .html or .mjs beside the model',
        help: 'File to write the model to.',
      },
      train: { default: 'runs/<time>', help: 'Folder of the run.' },
      predict: { default: 'stdout', help: 'File to write the predictions to: .csv, .json or .parquet.' },
      report: {
        default: 'report.html in the folder; for several runs, in the current one',
        help: 'File of the page.',
      },
      scale: { default: 'runs/<time>', help: 'Folder of the study; an interrupted one is resumed.' },
      tune: { default: 'runs/<time>', help: 'Folder of the search; an interrupted one is resumed.' },
    },
  }),
  to: option<ExportFormat | null>({
    kind: choice(...EXPORT_FORMATS),
    default: null,
    defaultText: 'by the extension of --out',
    example: 'onnx',
    help: 'Format: onnx, a graph with the preparation of the columns in it; json, to read; html, a page with a form for one row and a place for files of rows; code, an ES module that needs no other file.',
    commands: ['export'],
    changes: 'nothing',
    synonyms: ['format-to', 'export-format'],
    usual: ['export'],
    short: 'Format of the export',
  }),
  onnxInput: option<'columns' | 'matrix'>({
    kind: choice('columns', 'matrix'),
    default: 'columns',
    example: 'matrix',
    help: 'Inputs of the graph: one for each column, or one matrix of all columns, which must be numbers.',
    commands: ['export'],
    changes: 'nothing',
    usual: ['export'],
  }),
  layer: option<number | null>({
    // 0 is refused later, with the layers that the model has.
    kind: { ...whole({ from: 0 }), expected: 'the number of a hidden layer, from 1' },
    default: null,
    defaultText: 'the predictions',
    example: '1',
    help: 'Write the outputs z of this hidden layer, counted from 1, instead of the predictions.',
    commands: ['predict'],
    changes: 'nothing',
    usual: ['predict'],
  }),
  keep: option<string[] | null>({
    kind: list(text('NAME', 'a name'), { empty: false }),
    default: null,
    example: 'id',
    help: 'Columns of DATA to copy to the output, before the predictions.',
    commands: ['predict'],
    changes: 'nothing',
    usual: ['predict'],
  }),
  resume: option<string | null>({
    kind: text('RUN', 'the folder of a run'),
    default: null,
    example: 'runs/first',
    help: 'Resume this run from its newest checkpoint, to the same bits as if it had never stopped. Data and options are taken from the run. Options that do not change the bits can be given again, and --epochs extends a finished run.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['continue', 'restart'],
    usual: ['train'],
    short: 'Resume this run; the result has the same bits as without the stop',
  }),
  data: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText: 'as recorded by the run',
    example: 'houses.csv',
    help: 'Path of the DATA of a run that is resumed or repeated, if it has moved. Data that was moved along with the run is found without this option.',
    commands: ['train'],
    changes: 'nothing',
  }),
  force: turnsOn({
    help: 'Replace what is there. train: the run in --out. predict, export, explain, report: the file at --out, unless it is an input or belongs to a run.',
    commands: ['train', 'predict', 'export', 'explain', 'report'],
    changes: 'nothing',
    synonyms: ['overwrite', 'f'],
    usual: ['predict', 'export', 'explain', 'report'],
    of: {
      explain: { help: 'Replace the file at --out, unless it is DATA or belongs to a run.' },
      export: { help: 'Replace the file at --out, unless it is DATA or belongs to a run.' },
      train: { help: 'Replace the run in --out.' },
      predict: { help: 'Replace the file at --out, unless it is an input or belongs to a run.' },
      report: { help: 'Replace the file at --out, unless it belongs to a run.' },
    },
  }),
  pass: turnsOn({
    help: 'Print the operations of one training step of the model’s network, with the default batch size and optimizer.',
    commands: ['info'],
  }),
  card: turnsOn({
    help: 'Print a model card in Markdown: inputs, output, figures, training and use, from what the run has recorded.',
    commands: ['info'],
    usual: ['info'],
  }),
  machine: turnsOn({
    help: 'Show what this machine is made of, as studies record it: sockets, cores, caches, memory nodes, clock, quota and hypervisor.',
    commands: ['info'],
  }),
  native: option<number[][] | null>({
    kind: networks,
    default: null,
    example: '784,128,10',
    help: 'List the kernels that --backend native would generate to train a network of these layers: shape, bytes and time, and the total.',
    commands: ['info'],
    usual: ['info'],
  }),
  dump: option<string | null>({
    kind: text('DIR', 'a folder'),
    default: null,
    example: 'kernels',
    help: 'With --native: write the machine code of each kernel to this folder, as NAME.bin, and how to read it.',
    commands: ['info'],
    needs: { native: [] },
  }),
  json: turnsOn({
    help: 'Print the result as one JSON object.',
    of: {
      predict: {
        help: 'Print the predictions as a JSON array with one object per row; with --out, print a summary as one object.',
      },
    },
    commands: [...COMMAND_NAMES],
    changes: 'nothing',
    synonyms: ['as-json'],
    usual: COMMAND_NAMES,
  }),
  quiet: turnsOn({
    help: 'Show no progress.',
    commands: ['train', 'scale', 'tune'],
    changes: 'nothing',
    synonyms: ['silent', 'q'],
  }),
  dryRun: turnsOn({
    help: 'Check data and options and show the plan, without training: network, memory, steps, workers, shards and all options.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['plan', 'check'],
    usual: ['train'],
  }),
  save: turnsOff({
    help: 'Train without keeping a folder: print the result and discard the model.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['no-out', 'dry'],
  }),
};
