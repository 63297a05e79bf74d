/** lockstep/lab: measuring and searching. Benchmarks, scaling studies and their laws, searches for options. */
export { type Dimension, parseSpace } from '../config/space.js';
export { type BenchOptions, type BenchResult, bench } from '../lab/bench/bench.js';
export type { BatchCurve, BatchPoint, BatchStudy, NoiseScale, Trial } from '../lab/scale/batch-schema.js';
export type { StudyOptions } from '../lab/scale/configure.js';
export { studyCsv } from '../lab/scale/csv.js';
export { type FitOptions, fit, type Observation } from '../lab/scale/laws/fit.js';
export type { StudyEndReport, StudyProgressReport, StudyRecord, StudyReport } from '../lab/scale/records.js';
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
} from '../lab/scale/scaling-schema.js';
export type { Study } from '../lab/scale/schema.js';
export { type StudyRun, study } from '../lab/scale/study.js';
export type {
  Estimate,
  NetworkLink,
  SearchConfiguration,
  Statistic,
  StudyMode,
} from '../lab/scale/study-header.js';
export { tuneCsv } from '../lab/tune/csv.js';
export { type Kept, MemoryKeeper, type TrialKeeper } from '../lab/tune/keeper.js';
export type { TuneEndReport, TuneProgressReport, TuneRecord, TuneReport } from '../lab/tune/records.js';
export type { Configured, Trainer } from '../lab/tune/run-trial.js';
export type {
  Point as TunePoint,
  Result as TrialResult,
  SearchTask,
  StartPoint,
  TrialSummary,
  Tuning,
  WarmStart,
} from '../lab/tune/schema.js';
export { type TuneOptions, type TuneRun, taskOf, tune } from '../lab/tune/tune.js';
export { type EarlierSearch, planWarmStart, type Taken, type WarmSearch } from '../lab/tune/warm-start.js';
export { studyPage } from '../report/scale/page.js';
export { studyText } from '../report/scale/text.js';
export { tunePage } from '../report/tune/page.js';
export { tuneText } from '../report/tune/text.js';
export { type Journal, openJournal } from '../store/journal.js';
export { findRate, type RateRange, type RateTest } from '../train/jobs/find-rate.js';
