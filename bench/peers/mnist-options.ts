/** Command line of `npm run bench -- mnist`: which networks are trained on MNIST, how, and how often. */
import { parseArgs } from 'node:util';
import type { PythonOptions } from './environment.js';
import { ACTIVATIONS, type Configuration } from './mnist-order.js';
import { PYTHON_HELP, PYTHON_OPTIONS, whole } from './options.js';

export interface MnistOptions extends PythonOptions {
  configurations: Configuration[];
  /** Number of trainings of each trainer, each with its own seed. */
  rounds: number;
  help: boolean;
}

/** Learning rates that reach 98 % of the test images well within the epoch limit. */
const DEFAULT_CONFIGURATIONS = [
  '784,256,10:relu:128:0.3',
  '784,300,10:relu:1024:1',
  '784,512,512,10:relu:128:0.3',
];

export const MNIST_HELP = `Measures epochs and seconds to 98 % of MNIST's test images in lockstep and PyTorch, and prints one table.

  npm run bench -- mnist                                   ${DEFAULT_CONFIGURATIONS.join('  ')}
  npm run bench -- mnist LAYERS:ACTIVATION:BATCH:RATE … other networks; tanh, relu or sigmoid

  --rounds N               number of trainings of each, with the seeds 1, 2, … (3)
${PYTHON_HELP}
  --help
`;

/** Parses the arguments. @throws Error if one is invalid */
export function readMnistOptions(words: string[]): MnistOptions {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      ...PYTHON_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  const asked = positionals.length > 0 ? positionals : DEFAULT_CONFIGURATIONS;
  return {
    configurations: asked.map(parseConfiguration),
    rounds: whole('--rounds', values.rounds),
    python: values.python,
    cache: values.cache,
    help: values.help,
  };
}

/** Parses `784,128,10:tanh:64:0.3`. @throws Error if the text has another form */
export function parseConfiguration(text: string): Configuration {
  const [layersText = '', name, batchText = '', rateText = '', ...rest] = text.split(':');
  const layers = layersText.split(',').map(Number);
  const activation = ACTIVATIONS.find(known => known === name);
  const batchSize = Number(batchText);
  const learningRate = Number(rateText);
  const isWhole = [...layers, batchSize].every(n => Number.isSafeInteger(n) && n >= 1);
  const isMnist = layers.length >= 2 && layers[0] === 784 && layers.at(-1) === 10;
  const isRate = learningRate > 0 && Number.isFinite(learningRate);
  if (!isWhole || !isMnist || !isRate || activation === undefined || rest.length > 0) {
    throw new Error(
      `expected layers from 784 to 10, ${ACTIVATIONS.join(', ')}, batch and rate like ${DEFAULT_CONFIGURATIONS[0]}, got "${text}".`,
    );
  }
  return { layers, activation, batchSize, learningRate };
}
