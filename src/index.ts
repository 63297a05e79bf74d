/** The library: load data, describe a network, train it, judge it, keep it. What the commands use, and no more. */
export type { Dataset, Encoding, Task } from './data/dataset.js';
export { loadData, loadWith } from './data/load.js';
export { type ErrorCode, EXIT_CODES, LockstepError } from './errors.js';
export { BACKENDS, type BackendName } from './kernels/kernels.js';
export { INIT_SCHEMES, type InitScheme, initialWeights } from './model/init.js';
export {
  ACTIVATIONS,
  type Activation,
  countParameters,
  describeNetwork,
  LOSSES,
  type Loss,
  type Network,
  type OutputActivation,
} from './model/network.js';
export { loadModel, loadWeights, type Model, saveModel } from './store/model-file.js';
export { hashWeights } from './store/weights.js';
export { evaluate } from './train/evaluate.js';
export { computeGradient } from './train/gradient.js';
export type { Best, TrainState } from './train/state.js';
export { train } from './train/train.js';
export type {
  CheckpointReport,
  EpochReport,
  Evaluation,
  Interval,
  Judgement,
  LostReport,
  MachineOptions,
  ProgressReport,
  Reduction,
  Report,
  StartReport,
  StopReason,
  TrainOptions,
  TrainResult,
  UpdateMode,
} from './train/types.js';
