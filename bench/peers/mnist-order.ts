/**
 * Messages of a process that trains on MNIST: one JSON argument as input; `ready` and `result` events as in
 * events.ts as output, with additional properties in the result.
 */
import type { Configuration } from './mnist-options.js';

export interface Order<Way extends string = 'blas' | 'wasm'> extends Configuration {
  /** Folder of the four IDX files. */
  data: string;
  /** Safetensors file with the initial weights. */
  init: string;
  /** Maximum number of epochs. */
  epochs: number;
  /** Share of the test images that must be classified correctly. */
  target: number;
  /** Seed of the row order. */
  seed: number;
  way: Way;
  cores: number;
}

export interface TrainedEvent {
  event: 'result';
  /**
   * Mean cross-entropy on the test images before the first step; shows whether all trainers started alike.
   */
  initialLoss: number;
  /** Time of the steps up to the end of the last epoch. */
  seconds: number;
  /**
   * From the data in memory to the last evaluation: starting threads, steps, and evaluation after each epoch.
   */
  totalSeconds: number;
  /** Epochs until the target was reached, or all. */
  epochs: number;
  /** On the test images after the last epoch. */
  accuracy: number;
  /** What exactly computed, if only the training process knows. */
  description?: string;
}
