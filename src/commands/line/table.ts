/** The table of commands: operands, help and examples. Their options are in src/config. */
import type { CommandName, OptionKey } from '../../config/options.js';
import type { Run } from './call.js';

/** A word after the command that is not an option. */
export interface Operand {
  name: string;
  help: string;
  /** Its value if it is left out. */
  default?: string;
  /** Whether there may be several of it; only the last operand. */
  several?: boolean;
  /** Whether it may be left out; only the last operand. */
  optional?: true;
  /** The options that make it unnecessary. */
  unless?: readonly OptionKey[];
  /** Whether the config.json of a run can supply it, if --config names one. */
  isRecorded?: true;
}

/** A command. */
export interface Command {
  operands: readonly Operand[];
  summary: string;
  examples: readonly (readonly [line: string, meaning: string])[];
  /** Text of --help below the examples. */
  notes?: string;
  /** Loads the code of the command, only when it is called. */
  load(): Promise<{ run: Run }>;
}

const DATA = {
  name: 'DATA',
  help: 'a CSV, TSV, JSON, Parquet, NPY, NPZ, Arrow or libsvm file, which may be compressed with gzip, zstd, bzip2 or zip; a folder or a quoted pattern of such files; - for stdin; IDX files or a folder of them; or synthetic:ROWSxFEATURESxCLASSES for random rows',
};
const MODEL = {
  name: 'MODEL',
  help: 'the folder of a run, or its model.safetensors; or the folder of a search, for its best trial',
};

/** The promise that `verify` checks, and its limits. */
const PROMISE = [
  'The promise: weights and losses have the same bits for every number of workers, with either --update, on every machine of',
  'the same class of arithmetic (selfcheck says which). They may differ with another number of --shards, and with blas on',
  'another machine or with another build of the library. If this check finds a difference, it names the first step and',
  'layer that differ, and the exit code is 4.',
].join(' ');

/** What `selfcheck` compares with. */
const CLASSES = [
  'What every kernel and training computes is compared with hashes that are part of lockstep, one set for each class of',
  'arithmetic: fused, where a product and a sum are rounded once, as machine code and WebAssembly with relaxed SIMD do',
  '(Node.js 22 and later), and unfused elsewhere. The class is found by a product, not by a version. If bits differ, the',
  'exit code is 4, and the kernels and trainings that differ are named.',
].join(' ');

/** What `export` does before it is done. */
const EXPORTED = [
  'The export is run, and its predictions are compared with those of lockstep on the same rows; if they differ by more than',
  'rounding, nothing is written and the exit code is 1. Running ONNX needs the package onnxruntime-node beside lockstep; without',
  'it, the file is written and a line says that it was not run.',
].join(' ');

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  train: {
    operands: [{ ...DATA, unless: ['resume'], isRecorded: true }],
    summary: 'Train a network on data',
    examples: [
      [
        '$0 train houses.csv --target price --validation 0.2',
        'a regression, validated on a fifth of the rows',
      ],
      ['$0 train mnist/ --hidden 128,64 --out runs/mnist', 'two hidden layers on a folder of IDX files'],
      ['$0 train wine.csv --hidden "" --optimizer sgd', 'logistic regression, by plain gradient descent'],
      ['$0 train films.csv --target comedy,drama,war', 'several labels per row'],
      ['$0 train big.parquet --config run.yaml --json', 'options from a file, the result as JSON'],
      ['$0 train big.parquet --out runs/big --checkpoint-every 10m', 'a training that can be interrupted …'],
      ['$0 train --resume runs/big', '… and its resumption'],
      ['$0 train --resume runs/big --epochs 60', 'more epochs for a finished run'],
      ['$0 train --config runs/big/config.json --seed 2', 'the same training with another seed'],
    ],
    load: () => import('../train.js'),
  },
  evaluate: {
    operands: [MODEL, DATA],
    summary: 'Evaluate a model on data with known targets',
    examples: [
      [
        '$0 evaluate runs/first test.csv',
        'all metrics of the task, the confusion matrix, figures for each class',
      ],
      ['$0 evaluate model.safetensors test.parquet --json', 'the same as JSON'],
    ],
    load: () => import('../evaluate.js'),
  },
  predict: {
    operands: [MODEL, DATA],
    summary: 'Predict the targets of data',
    examples: [
      ['$0 predict runs/first new.csv > predictions.csv', 'classes and probabilities, or values, as CSV'],
      ['$0 predict runs/first new.csv --out predictions.parquet', 'the same as Parquet'],
      ['$0 predict runs/first new.csv --layer 2', 'the outputs of the second hidden layer'],
    ],
    load: () => import('../predict.js'),
  },
  export: {
    operands: [
      MODEL,
      {
        ...DATA,
        help: `rows to compare the export on, by default made ones: ${DATA.help}`,
        optional: true,
      },
    ],
    summary: 'Write a model for other programs: as ONNX, JSON, a web page or a module',
    examples: [
      ['$0 export runs/first --to onnx', 'runs/first/model.onnx, for any onnxruntime'],
      ['$0 export runs/first test.csv --out model.html', 'a page, compared on the rows of test.csv'],
      ['$0 export runs/first --to code --out predict.mjs', 'an ES module with predict(row)'],
    ],
    notes: EXPORTED,
    load: () => import('../export.js'),
  },
  explain: {
    operands: [MODEL, DATA],
    summary: 'Explain a model on data with known targets: importance of columns, dependence, calibration',
    examples: [
      ['$0 explain runs/first test.csv', 'what is lost if a column is shuffled, and how probabilities fit'],
      ['$0 explain runs/first test.csv --out explained.html', 'the same with pictures, as a page'],
      [
        '$0 explain runs/first test.csv --metrics log-loss --permutations 30',
        'by another metric, more exactly',
      ],
    ],
    load: () => import('../explain.js'),
  },
  info: {
    operands: [
      {
        name: 'MODEL|DATA',
        help: `the folder of a run, or its model.safetensors; the folder of a search, a study or a cross-validation; or ${DATA.help}`,
        unless: ['native', 'mpi', 'machine'],
      },
    ],
    summary: 'Show the columns of data, the parts of a model, or the progress of a search or study',
    examples: [
      ['$0 info runs/first', 'layers, inputs, classes and a hash of the weights'],
      ['$0 info runs/first --card > MODEL.md', 'a model card in Markdown'],
      ['$0 info runs/first --pass', 'the operations of one training step'],
      ['$0 info --native 784,128,10', 'the machine code that would be generated for a network'],
      ['$0 info --machine', 'this machine: cores, caches, memory nodes, clock and limits'],
      ['mpirun -np 2 $0 info --mpi', 'the MPI library, the ranks and their hosts'],
      ['$0 info houses.csv', 'each column: type, range, missing cells, and problems'],
      ['$0 info houses.csv --target price', 'also the task and the features, as train would use them'],
    ],
    load: () => import('../info.js'),
  },
  gradcheck: {
    operands: [],
    summary: 'Check the gradients of the kernels against two independent computations',
    examples: [
      ['$0 gradcheck', 'all backends, activations, losses and depths'],
      ['$0 gradcheck --backend wasm --workers 2 --shards 3', 'one backend, with batches in three parts'],
    ],
    load: () => import('../gradcheck.js'),
  },
  verify: {
    operands: [
      { ...DATA, help: `${DATA.help}; by default 1,000 synthetic rows`, default: 'synthetic:1000x20x5' },
    ],
    summary: 'Check that training gives the same bits with every number of workers',
    examples: [
      ['$0 verify', 'this machine, on synthetic rows'],
      ['$0 verify mnist/ --worker-counts 1,2,3,4 --shards 8 --steps 50', 'a training of your own'],
      ['$0 verify wine.csv --hidden 512,512 --batch-size full --backend wasm', 'another network and backend'],
    ],
    notes: PROMISE,
    load: () => import('../verify.js'),
  },
  selfcheck: {
    operands: [],
    summary: 'Check that the arithmetic of this machine gives the bits that it should',
    examples: [
      ['$0 selfcheck', 'every kernel and some small trainings, in a few seconds'],
      ['$0 selfcheck --backend wasm --workers 2', 'WebAssembly, trainings with two workers'],
      ['$0 selfcheck --json > machine.json', 'the result for a script, or for a report of a fault'],
    ],
    notes: CLASSES,
    load: () => import('../selfcheck.js'),
  },
  bench: {
    operands: [],
    summary: 'Measure the throughput of one training configuration',
    examples: [
      ['$0 bench', 'layers of 784, 128 and 10 units, batches of 1,024: samples/s, GFLOP/s, time by phase'],
      ['$0 bench --layers 784,512,512,10 --batch-size 8192 --backend wasm', 'another configuration'],
      ['$0 bench --json > before.json', 'save a result …'],
      ['$0 bench --compare before.json', '… and compare a new one with it'],
    ],
    load: () => import('../bench.js'),
  },
  report: {
    operands: [
      {
        name: 'RUN…',
        help: 'the folder of a run or a search, or several to compare; or the folder of a study',
        several: true,
      },
    ],
    summary: 'Write a page about training runs, a search or a scaling study',
    examples: [
      ['$0 report runs/first', 'runs/first/report.html: one file for any browser'],
      [
        '$0 report runs/* --out compare.html',
        'the curves of all runs in the same plots, and how their options differ',
      ],
      ['$0 report tuned', 'tuned/report.html: a search, finished or not'],
    ],
    load: () => import('../report.js'),
  },
  watch: {
    operands: [{ name: 'RUN', help: 'the folder of a run or a search, or where one will be' }],
    summary: 'Follow a run, or the trials of a search, in a browser on this machine',
    examples: [
      ['$0 watch runs/first', 'prints the address of a page that grows while the run trains'],
      ['$0 watch runs/next --port 8080', 'on a port of your choice; the run may begin later'],
    ],
    load: () => import('../watch.js'),
  },
  runs: {
    operands: [
      { name: 'ls|rm', help: 'list folders, or remove them', default: 'ls' },
      {
        name: 'RUN…',
        help: 'folders of train, tune or scale; for ls by default those in runs/',
        several: true,
        optional: true,
      },
    ],
    summary: 'List or remove the folders of runs',
    examples: [
      ['$0 runs', 'the folders in runs/, and whether they are finished'],
      ['$0 runs rm runs/first runs/second', 'remove two of them, unless they are in use'],
    ],
    load: () => import('../runs.js'),
  },
  cache: {
    operands: [
      { name: 'ls|rm|verify', help: 'list caches, remove them, or read them to their ends' },
      { name: 'CACHE…', help: 'folders that were given with --cache, or files in them', several: true },
    ],
    summary: 'List, remove or verify caches of encoded rows',
    examples: [
      ['$0 cache ls cache', 'what is cached, and whether its data has changed since'],
      [
        '$0 train big.csv --target price --cache cache',
        'write a cache; the next training takes the rows from it',
      ],
      ['$0 cache verify cache', 'compare all rows with their checksums'],
      ['$0 cache rm cache', 'remove all caches in a folder'],
    ],
    load: () => import('../cache.js'),
  },
  tune: {
    operands: [DATA],
    summary: 'Search for good options: random search or successive halving, judged on validation rows',
    examples: [
      ['$0 tune digits.csv --validation 0.2', '20 trials around the defaults for such data'],
      [
        '$0 tune mnist/ --space "lr=0.0003..0.03 log; hidden=128|256,128" --strategy halving --trials 27',
        'many trials for a few epochs, the best ones for more',
      ],
      [
        '$0 tune wine.csv --validation 0.2 --space "optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd"',
        'an option that goes only with some values of another',
      ],
      [
        '$0 tune new.csv --validation 0.2 --from tuned,other --trials 10',
        'start from the best trials of two earlier searches',
      ],
      ['$0 evaluate tuned test.csv', 'the best model: the folder of a search is taken for that run'],
    ],
    load: () => import('../tune.js'),
  },
  scale: {
    operands: [
      { name: 'DATA', help: `the rows to measure on, by default random ones: ${DATA.help}`, optional: true },
    ],
    summary: 'Study how training scales with workers and batch size, and fit scaling laws',
    examples: [
      [
        '$0 scale --layers "784,128,10;784,512,512,10" --worker-counts 1,2,4',
        'strong scaling of two networks',
      ],
      ['$0 scale --mode weak --backends wasm,blas --out studies/weak', 'batches that grow with the workers'],
      [
        '$0 scale mnist/ --mode batch --batch-sizes 64,512,4096',
        'steps to an accuracy of 97 %, by batch size',
      ],
      ['$0 scale --project 64,256 --network 25Gbps,10us', 'predictions for many machines'],
    ],
    load: () => import('../scale.js'),
  },
};
