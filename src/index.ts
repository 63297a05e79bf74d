/**
 * The library: load data, define a network, train it, evaluate it and save it; search for options; benchmark,
 * run scaling studies, and fit scaling laws. It exports what the commands use and no more.
 */
export { type Dimension, parseSpace } from './config/space.js';
export type { Dataset, Encoding, Task } from './data/dataset.js';
export type { Folds } from './data/folds.js';
export { type LoadOptions, loadData, loadFolds, loadWith } from './data/load.js';
export { arrayRows, type Rows, readInputs, readRows, takeRows } from './data/rows.js';
export { type ErrorCode, EXIT_CODES, LockstepError } from './errors.js';
export { isBetter, isRising, metricOf } from './judge/metrics.js';
export { BACKENDS, type BackendName } from './kernels/kernels.js';
export { type BenchOptions, type BenchResult, bench } from './lab/bench/bench.js';
export type { BatchCurve, BatchPoint, BatchStudy, NoiseScale, Trial } from './lab/scale/batch-schema.js';
export type { StudyOptions } from './lab/scale/configure.js';
export { studyCsv } from './lab/scale/csv.js';
export { type FitOptions, fit, type Observation } from './lab/scale/laws/fit.js';
export type { StudyRecord, StudyReport } from './lab/scale/records.js';
export type {
  Curve,
  Fit,
  FittedLaw,
  HeldOut,
  LawName,
  Point,
  Prediction,
  RefusedFit,
  Sample,
  Scaling,
  ScalingStudy,
} from './lab/scale/scaling-schema.js';
export type { Study } from './lab/scale/schema.js';
export { type StudyRun, study } from './lab/scale/study.js';
export type {
  Estimate,
  NetworkLink,
  SearchConfiguration,
  Statistic,
  StudyMode,
} from './lab/scale/study-header.js';
export { tuneCsv } from './lab/tune/csv.js';
export { type Kept, MemoryKeeper, type TrialKeeper } from './lab/tune/keeper.js';
export type { TuneRecord, TuneReport } from './lab/tune/records.js';
export type { Configured, Trainer } from './lab/tune/run-trial.js';
export type { Point as TunePoint, Result as TrialResult, TrialSummary, Tuning } from './lab/tune/schema.js';
export { type TuneOptions, type TuneRun, tune } from './lab/tune/tune.js';
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
export { studyPage } from './report/scale/page.js';
export { studyText } from './report/scale/text.js';
export { tunePage } from './report/tune/page.js';
export { tuneText } from './report/tune/text.js';
export type { ClassWeights, EmphasisOptions } from './session/emphasis.js';
export type { MachineOptions, UpdateMode } from './session/machine.js';
export type { PhaseShares } from './session/phases.js';
export { type Journal, openJournal } from './store/journal.js';
export { loadModel, loadWeights, type Model, saveModel } from './store/model-file.js';
export { hashWeights } from './store/weights.js';
export { type Evaluation, evaluate } from './train/jobs/evaluate.js';
export { findRate, type RateRange, type RateTest } from './train/jobs/find-rate.js';
export { computeGradient } from './train/jobs/gradient.js';
export { networkFor } from './train/make-network.js';
export type { NoiseEstimate } from './train/noise.js';
export type { Interval, Target, TrainOptions } from './train/options.js';
export type {
  CheckpointReport,
  EpochReport,
  LostReport,
  ProgressReport,
  Report,
  StartReport,
  StopReason,
  TrainResult,
  WorkersReport,
} from './train/reports.js';
export { train } from './train/train.js';
