/**
 * The library: load data, describe a network, train it, judge it, keep it; search for options; measure, study how it
 * scales, fit laws to what was measured. What the commands use, and no more.
 */
export { type Dimension, parseSpace } from './config/space.js';
export type { Dataset, Encoding, Task } from './data/dataset.js';
export type { Folds } from './data/folds.js';
export { type LoadOptions, loadData, loadFolds, loadWith } from './data/load.js';
export { arrayRows, type Rows, readInputs, readRows, takeRows } from './data/rows.js';
export { type ErrorCode, EXIT_CODES, LockstepError } from './errors.js';
export { BACKENDS, type BackendName } from './kernels/kernels.js';
export { INIT_SCHEMES, type InitScheme, initialWeights } from './model/init.js';
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
export { studyPage } from './report/study/page.js';
export { studyText } from './report/study/text.js';
export { tunePage } from './report/tune/page.js';
export { tuneText } from './report/tune/text.js';
export { loadModel, loadWeights, type Model, saveModel } from './store/model-file.js';
export { hashWeights } from './store/weights.js';
export type { BatchCurve, BatchPoint, BatchStudy, NoiseScale, Trial } from './study/batch-schema.js';
export { type BenchOptions, type BenchResult, bench } from './study/bench.js';
export type { StudyOptions } from './study/configure.js';
export { studyCsv } from './study/csv.js';
export { type Journal, openJournal } from './study/journal.js';
export { type FitOptions, fit, type Observation } from './study/laws/fit.js';
export { networkFor } from './study/network.js';
export type { StudyRecord, StudyReport } from './study/records.js';
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
} from './study/scaling-schema.js';
export type { Study } from './study/schema.js';
export { type StudyRun, study } from './study/study.js';
export type {
  Estimate,
  NetworkLink,
  SearchConfiguration,
  Statistic,
  StudyMode,
} from './study/study-header.js';
export type { BatchPhase } from './train/batches.js';
export { type Evaluation, evaluate } from './train/evaluate.js';
export { findRate, type RateRange, type RateTest } from './train/find-rate.js';
export { computeGradient } from './train/gradient.js';
export type { Judgement } from './train/judgement.js';
export { isBetter, isRising, metricOf } from './train/metrics.js';
export type { NoiseEstimate } from './train/noise.js';
export type {
  Interval,
  MachineOptions,
  Reduction,
  Target,
  TrainOptions,
  UpdateMode,
} from './train/options.js';
export type { PhaseShares } from './train/phases.js';
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
export type { Best, TrainState, WatchState } from './train/state.js';
export { train } from './train/train.js';
export type { ClassWeights, EmphasisOptions } from './train/weights.js';
export { tuneCsv } from './tune/csv.js';
export { type Kept, MemoryKeeper, type TrialKeeper } from './tune/keeper.js';
export type { TuneRecord, TuneReport } from './tune/records.js';
export type { Configured, Trainer } from './tune/run-trial.js';
export type { Point as TunePoint, Result as TrialResult, TrialSummary, Tuning } from './tune/schema.js';
export { type TuneOptions, type TuneRun, tune } from './tune/tune.js';
