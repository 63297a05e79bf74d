/**
 * What a process that trains on MNIST is asked for, and what it answers, as in process.ts.
 */

/** Activations that both sides support; PyTorch's classes are in mnist_torch.py. */
export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid'] as const;

/** A network and its training parameters, the same for all trainers. */
export interface Configuration {
  /** m(0), …, m(c+1): 784 pixels, hidden units, 10 softmax classes. */
  layers: number[];
  activation: (typeof ACTIVATIONS)[number];
  batchSize: number;
  learningRate: number;
}

export interface Order extends Configuration {
  do: 'train';
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
  /** How PyTorch uses the cores; lockstep has one way. */
  way: string;
  cores: number;
}

export interface TrainedEvent {
  event: 'trained';
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
