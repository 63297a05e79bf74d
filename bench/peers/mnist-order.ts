/**
 * What a process that trains on MNIST is told, and what it answers: one argument in JSON; then `ready` and
 * `result` as events.ts has them, the result with more in it.
 */
import type { Configuration } from './mnist-options.js';

export interface Order<Way extends string = 'blas' | 'wasm'> extends Configuration {
  /** The folder of the four IDX files. */
  data: string;
  /** A safetensors file of the weights to start from. */
  init: string;
  /** At most. */
  epochs: number;
  /** Part of the test images that must be right. */
  target: number;
  /** Of the order of the rows. */
  seed: number;
  way: Way;
  cores: number;
}

export interface TrainedEvent {
  event: 'result';
  /** Mean cross-entropy of the test images before the first step: tells whether all started alike. */
  initialLoss: number;
  /** Of the steps alone, to the end of the last epoch. */
  seconds: number;
  /** From the data in memory to the last verdict: threads started, steps, judging after each epoch. */
  totalSeconds: number;
  /** Begun epochs: those to the target, or all. */
  epochs: number;
  /** Of the test images, after the last epoch. */
  accuracy: number;
  /** What exactly computed, where only the training knows. */
  description?: string;
}
