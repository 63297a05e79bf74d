/**
 * The library: fit a model to rows and predict; or load data, define a network, train it, evaluate it and save it. What measures and
 * searches is in lockstep/lab (src/library/lab.ts); lockstep/data has what is about data alone.
 */
export type { Dataset, Encoding, Task } from './data/dataset.js';
export type { Folds } from './data/folds.js';
export { loadData, loadFolds } from './data/load.js';
export type { LoadOptions } from './data/load-options.js';
export { loadWith } from './data/load-with.js';
export { arrayRows, type Rows, readInputs, readRows, takeRows } from './data/rows.js';
export { type ErrorCode, EXIT_CODES, LockstepError } from './errors.js';
export { isBetter, isRising, metricOf } from './judge/metrics.js';
export { BACKENDS, type BackendName } from './kernels/kernels.js';
export type { Answer } from './library/answers.js';
export { type FitHooks, fit, TrainedModel } from './library/fit.js';
export type { Arrays, RowObject, Rows as FitRows } from './library/input.js';
export { type Fitted, FittedModel, load, type PredictRows } from './library/model.js';
export type { EvaluateOptions, OwnMetrics, PredictOptions } from './library/model-options.js';
export type { NetworkOptions } from './library/network.js';
export type { FitOptions } from './library/options.js';
export type { BatchPhase } from './model/batches.js';
export { INIT_SCHEMES, type InitScheme, initialWeights } from './model/init.js';
export type { Judgement } from './model/judgement.js';
export type { Reduction } from './model/network.js';
export {
  ACTIVATIONS,
  type Activation,
  countParameters,
  describeNetwork,
  firstLayers,
  LOSSES,
  type Loss,
  type Network,
  type OutputActivation,
} from './model/network.js';
export { makeOptimizer, OPTIMIZERS, type Optimizer, type OptimizerName } from './model/optimizer.js';
export { makeSchedule, SCHEDULES, type Schedule, type ScheduleName } from './model/schedule.js';
export type { Best, TrainState, WatchState } from './model/state.js';
export type { ClassWeights, EmphasisOptions } from './session/emphasis.js';
export type { MachineOptions, UpdateMode } from './session/machine.js';
export type { PhaseShares } from './session/phases.js';
export { loadModel, loadWeights, type Model, saveModel } from './store/model-file.js';
export { hashWeights } from './store/weights.js';
export { type Evaluation, evaluate } from './train/jobs/evaluate.js';
export { computeGradient } from './train/jobs/gradient.js';
export { networkFor } from './train/make-network.js';
export type { NoiseEstimate } from './train/noise.js';
export type { Interval, Target, TrainOptions } from './train/options.js';
export type {
  CheckpointReport,
  EndReport,
  EpochReport,
  JudgementReport,
  LostReport,
  ProgressReport,
  Report,
  StartReport,
  StopReason,
  TrainResult,
  WorkersReport,
} from './train/reports.js';
export { train } from './train/train.js';
