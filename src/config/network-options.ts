/** Network: layers, activations, loss and initial weights. Entries of the table in options.ts. */
import { ACTIVATIONS, type Activation } from '../kernels/activations.js';
import { INIT_SCHEMES, type InitScheme } from '../model/init.js';
import { LOSSES, type Loss } from '../model/network.js';
import { choice, list, numberWaves, quantile, single, text, whole } from './kinds.js';
import { option, TRAINING, turnsOn } from './option.js';

export const NETWORK_OPTIONS = {
  hidden: option<number[]>({
    kind: list(whole({ from: 1 }), { empty: true }),
    default: [128],
    example: '128,64',
    help: 'Number of units of each hidden layer; "" for no hidden layer, which is linear or logistic regression.',
    commands: TRAINING,
    synonyms: [
      'layers',
      'hidden-layers',
      'hidden-units',
      'hidden-layer-sizes',
      'hidden-sizes',
      'units',
      'neurons',
    ],
    usual: ['train', 'verify'],
  }),
  activation: option<Activation[]>({
    kind: list(choice(...ACTIVATIONS), { empty: false }),
    default: ['relu'],
    example: 'tanh',
    help: 'Activation of the hidden layers: one for all, or one for each.',
    commands: [...TRAINING, 'bench', 'scale', 'info'],
    of: { info: { needs: { native: [] } } },
    synonyms: ['nonlinearity', 'act'],
  }),
  numberWaves: option<number>({
    kind: numberWaves,
    default: 0,
    example: '16',
    help: 'Learn this many cosines of each number of a table, and three sums of these, which are inputs of the network beside the number (PBLD). Their learning rate is a tenth of that of the weights. 0: none.',
    short: 'Learnt cosines of each column of numbers, as inputs beside the number',
    commands: TRAINING,
    synonyms: ['pbld', 'plr', 'periodic', 'periodic-embeddings', 'num-emb', 'fourier'],
  }),
  outputActivation: option<'auto' | Activation>({
    kind: choice('auto', ...ACTIVATIONS),
    default: 'auto',
    example: 'sigmoid',
    help: 'Activation of the outputs; auto is identity for regression, sigmoid for two classes and for labels, softmax for more classes. Only a regression can have another.',
    commands: TRAINING,
    fixed: 'the targets are encoded to suit it',
  }),
  loss: option<'auto' | Loss>({
    kind: choice('auto', ...LOSSES),
    default: 'auto',
    example: 'sse',
    help: 'Error E that training minimises; auto is half the squared error (sse) for regression and the cross-entropy for classes. For regression, outliers weigh less with huber, which is squared near the target and linear beyond --huber-delta, or with absolute, |y − ŷ|, which predicts the median; quantile predicts the --quantile. With --target-is-input and values from 0 to 1, binary-cross-entropy works too.',
    commands: [...TRAINING, 'info'],
    of: {
      info: {
        help: 'With --native: the error E that training minimises; auto is the cross-entropy.',
        default: 'cross-entropy',
        needs: { native: [] },
      },
    },
    synonyms: ['criterion', 'objective', 'error'],
  }),
  huberDelta: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '1',
    example: '1',
    help: 'Residual D at which --loss huber changes from ½ r² to D (|r| − ½ D), in standard deviations of each target over the training rows; with --scale none or an --output-activation other than identity, in the units of the target.',
    commands: TRAINING,
    needs: { loss: ['huber'] },
  }),
  quantile: option<number | null>({
    kind: quantile,
    default: null,
    defaultText: '0.5, the median',
    example: '0.9',
    help: 'Quantile that --loss quantile predicts, between 0 and 1: for 0.9, values that nine of ten rows like it do not exceed.',
    commands: TRAINING,
    needs: { loss: ['quantile'] },
    synonyms: ['tau', 'pinball', 'quantile-alpha'],
  }),
  initScheme: option<InitScheme>({
    kind: choice(...INIT_SCHEMES),
    default: 'auto',
    example: 'he',
    help: 'Scheme of the random initial weights; auto is He’s for relu and similar activations, LeCun’s for selu, Glorot’s for others. ntp, for --fan-in-lr, is LeCun’s with normal biases of deviation 1.',
    commands: TRAINING,
  }),
  zeroOutput: turnsOn({
    help: 'Start with a last layer of zeros, so that the first predictions are the same for all rows.',
    commands: TRAINING,
  }),
  init: option<string | null>({
    kind: text('FILE', 'a safetensors file'),
    default: null,
    defaultText: 'random weights',
    example: 'model.safetensors',
    help: 'Start from the weights in this safetensors file, in F32, F64, F16 or BF16.',
    commands: TRAINING,
  }),
};
