/** Messages between a study and a measuring process: plain data. */
import type { ErrorCode } from '../../errors.js';
import type { NoiseScale, Trial, TrialSetup } from './batch-schema.js';
import type { RoofsSetup } from './roofs.js';
import type { PointSetup, Roofs, Sample } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** One measurement of a point. */
export interface SampleTask {
  kind: 'sample';
  configuration: StudyConfiguration;
  setup: PointSetup;
}

/** Task of one process, or of several ranks. */
export type StudyTask =
  | SampleTask
  | { kind: 'roofs'; configuration: StudyConfiguration; setup: RoofsSetup }
  | { kind: 'trial'; configuration: StudyConfiguration; setup: TrialSetup }
  | { kind: 'noise'; configuration: StudyConfiguration; setup: NoiseSetup };

/** A training, and the step at which its gradients are examined. */
export type NoiseSetup = Pick<NoiseScale, 'moment' | 'learningRate' | 'batchSize' | 'step'> &
  Pick<TrialSetup, 'layers' | 'backend' | 'workers'>;

type Taken<T> = Omit<T, 'point' | 'repeat' | 'order' | 'startedAt' | 'processSeconds' | 'retaken'>;

export type SampleFigures = Taken<Sample>;
export type TrialFigures = Taken<Trial>;

/** Result of each kind of task. */
export interface StudyResults {
  sample: SampleFigures;
  roofs: Roofs;
  trial: TrialFigures;
  noise: NoiseScale;
}

/** Errors travel between processes as data. */
export type Reply =
  | { ok: true; result: StudyResults[StudyTask['kind']] }
  | {
      ok: false;
      code: ErrorCode | null;
      message: string;
      hint: string | undefined;
      stack: string | undefined;
    };
