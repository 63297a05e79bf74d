/** What a study hands to a process that measures, and what comes back: plain data over the channel between them. */
import type { ErrorCode } from '../../errors.js';
import type { NoiseScale, Trial, TrialSetup } from './batch-schema.js';
import type { PointSetup, Sample } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** What one fresh process does. */
export type StudyTask =
  | { kind: 'sample'; configuration: StudyConfiguration; setup: PointSetup }
  | { kind: 'trial'; configuration: StudyConfiguration; setup: TrialSetup }
  | { kind: 'noise'; configuration: StudyConfiguration; setup: NoiseSetup };

/** A training, and the step at which its gradients are looked at. */
export type NoiseSetup = Pick<NoiseScale, 'moment' | 'learningRate' | 'batchSize' | 'step'> &
  Pick<TrialSetup, 'layers' | 'backend' | 'workers'>;

type Taken<T> = Omit<T, 'point' | 'repeat' | 'order' | 'startedAt' | 'processSeconds'>;

export type SampleFigures = Taken<Sample>;
export type TrialFigures = Taken<Trial>;

/** What each kind of task comes to. */
export interface StudyResults {
  sample: SampleFigures;
  trial: TrialFigures;
  noise: NoiseScale;
}

/** An error is data on its way between processes. */
export type Reply =
  | { ok: true; result: StudyResults[StudyTask['kind']] }
  | {
      ok: false;
      code: ErrorCode | null;
      message: string;
      hint: string | undefined;
      stack: string | undefined;
    };
