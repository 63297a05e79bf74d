/**
 * Whole trainings, one number after the other: the readable definition of lockstep's arithmetic, written from
 * docs/method.md, and the oracle for its bits. It knows no workers, no memory and no vectors. It shares with src the
 * formulas of exp, log and the activations, src/elementary.ts, the order of the rows by keys, the hash that draws, and for
 * L-BFGS the line search. What counts but never reaches a weight or a loss, such as accuracy, is left out.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../src/data/dataset.js';
import type { Network } from '../../src/model/network.js';
import { searches } from '../../src/model/optimizer.js';
import { withDefaults } from '../../src/train/defaults.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { Arithmetic } from './arithmetic.js';
import { factorOf, Plateau, phaseOf, stepsOf } from './course.js';
import { isByBlock, layerSizes, microBatchOf } from './cuts.js';
import type { Distortion } from './distort.js';
import { Lbfgs, type Value } from './lbfgs.js';
import { type SquaredNorms, squaredNormsOf, traceOf } from './noise.js';
import { type Cut, passBackward, passForward, sumGradient, type Weights } from './rows.js';
import { orderOf, type Table, tableOf } from './table.js';
import { Update } from './update.js';
import { Vectors } from './vectors.js';

export interface Epoch {
  /** E of each step. */
  losses: number[];
  /** Of the validation rows; 0 if there are none. */
  validation: number;
  /** tr Σ of the gradient noise scale; 0 if it is not measured. */
  trace: number;
}

export interface Outcome {
  epochs: Epoch[];
  /** W(1), W(2), …, one after the other. */
  weights: Float32Array;
}

export interface Request {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  options: Partial<TrainOptions>;
}

/** As src/lab/selfcheck/train-hash.ts: of each epoch's losses and figures, and of the weights at the end. */
export function hashOf({ epochs, weights }: Outcome): string {
  const hash = createHash('sha256');
  for (const { losses, validation, trace } of epochs) {
    hash.update(Float64Array.from(losses)).update(Float64Array.of(validation, trace));
  }
  return hash.update(weights).digest('hex');
}

/** The training that its options say, with weights to start from. */
export function interpret(request: Request, arithmetic: Arithmetic): Outcome {
  return new Training(request, arithmetic).run();
}

class Training {
  readonly #arithmetic: Arithmetic;
  readonly #network: Network;
  readonly #data: Dataset;
  readonly #options: TrainOptions;
  readonly #table: Table;
  readonly #validation: Table | null;
  readonly #update: Update;
  readonly #plateau = new Plateau();
  #lbfgs: Lbfgs | null = null;
  #weights: Weights;
  /** Steps so far. */
  #steps = 0;

  constructor({ network, data, validation, options }: Request, arithmetic: Arithmetic) {
    this.#options = withDefaults(data, network, options);
    const { classWeights = null, labelSmoothing: smoothing = 0, optimizer, init } = this.#options;
    this.#arithmetic = arithmetic;
    this.#network = network;
    this.#data = data;
    this.#table = tableOf(data, network, {
      classWeights: classWeights as readonly number[] | null,
      smoothing,
    });
    this.#validation = validation && tableOf(validation, network, { classWeights: null, smoothing: 0 });
    this.#update = new Update(arithmetic, network, optimizer);
    this.#weights = cutWeights(network, init!);
  }

  run(): Outcome {
    const epochs: Epoch[] = [];
    for (let epoch = 1; epoch <= this.#options.epochs; epoch++) {
      const ended = this.#epoch(epoch, epochs);
      if (ended) break;
    }
    return { epochs, weights: Float32Array.from(this.#weights.flatMap(layer => [...layer])) };
  }

  /** Returns whether no further step would change anything. */
  #epoch(epoch: number, epochs: Epoch[]): boolean {
    const { seed, shuffle, schedule, noiseScale, optimizer } = this.#options;
    const { rows } = this.#data;
    const { batch } = phaseOf(this.#options, rows, epoch);
    const steps = stepsOf(this.#options, rows, epoch);
    const order = orderOf(this.#data, epoch, { shuffle, seed, steps });
    const losses: number[] = [];
    const norms: SquaredNorms[] = [];
    let ended = false;
    for (let i = 0; i < steps; i++) {
      const numbers = order.slice(i * batch, (i + 1) * batch);
      if (searches(optimizer)) ended = !this.#search(numbers, losses);
      else this.#step(numbers, batch, epoch, losses, noiseScale ? norms : null);
      this.#steps++;
    }
    const validation = this.#validation ? this.#judge(this.#validation) : 0;
    if (schedule?.name === 'plateau' && this.#steps > schedule.warmup)
      this.#plateau.note(validation, schedule);
    epochs.push({ losses, validation, trace: traceOf(norms) });
    return ended;
  }

  /** Sums over the rows of a batch, full batches having `batch` rows. */
  #cut(batch: number): Cut {
    const byBlock = isByBlock(this.#network, batch);
    const shards = this.#options.shards as number;
    const microBatch = byBlock ? batch : microBatchOf(this.#network, batch, Math.min(batch, shards));
    return { shards, microBatch, byBlock };
  }

  #step(
    numbers: Uint32Array,
    batch: number,
    epoch: number,
    losses: number[],
    norms: SquaredNorms[] | null,
  ): void {
    const { inputNoise = 0, inputDropout = 0, dropout = [], seed, l2 } = this.#options;
    const cut = this.#cut(batch);
    const step = this.#steps + 1;
    const distortion = distortionOf(this.#options, this.#data);
    const perturbation = { distortion, inputNoise, dropout: [inputDropout, ...dropout], seed, step };
    const known = [this.#arithmetic, this.#network, this.#weights] as const;
    const pass = passForward(...known, this.#table, numbers, cut, perturbation);
    passBackward(...known, pass, perturbation);
    const sums = sumGradient(this.#arithmetic, this.#network, pass, cut);
    norms?.push(squaredNormsOf(this.#arithmetic, this.#network, pass, sums, cut));
    losses.push(this.#reduce(pass.loss, numbers));
    const update = { learningRate: this.#rate(epoch), number: step, l2 };
    this.#weights = this.#update.apply(this.#weights, sums, { ...update, scale: this.#scale(numbers) });
  }

  /** Σ of the weights of these rows. */
  #weightOf(numbers: Uint32Array): number {
    const { weights } = this.#table;
    if (!weights) return numbers.length;
    return numbers.reduce((sum, number) => sum + weights[number]!, 0);
  }

  /** What Σ ∂E/∂w of these rows is multiplied by. */
  #scale(numbers: Uint32Array): number {
    if (this.#options.reduction === 'sum') return 1;
    const weight = this.#weightOf(numbers);
    return weight > 0 ? 1 / weight : 0;
  }

  /** E of these rows. */
  #reduce(loss: number, numbers: Uint32Array): number {
    if (this.#options.reduction === 'sum') return loss;
    const weight = this.#weightOf(numbers);
    return weight > 0 ? loss / weight : 0;
  }

  #rate(epoch: number): number {
    const { schedule, epochs } = this.#options;
    const { rows } = this.#data;
    const { learningRate } = phaseOf(this.#options, rows, epoch);
    const stepsOfEpochs = Array.from({ length: epochs }, (_, e) => stepsOf(this.#options, rows, e + 1));
    const steps = stepsOfEpochs.reduce((sum, count) => sum + count);
    return this.#plateau.factor * learningRate * factorOf(schedule, this.#steps, epoch, steps);
  }

  /** Mean loss of all rows, with the weights as they are. */
  #judge(table: Table): number {
    const { rows } = this.#data;
    const batches = Array.from({ length: this.#options.epochs }, (_, e) => {
      return phaseOf(this.#options, rows, e + 1).batch;
    });
    const shards = this.#options.shards as number;
    const microBatch = Math.max(
      ...batches.map(batch => microBatchOf(this.#network, batch, Math.min(batch, shards))),
    );
    const numbers = Array.from({ length: table.rows }, (_, i) => i);
    const cut = { shards, microBatch, byBlock: false };
    const { loss } = passForward(this.#arithmetic, this.#network, this.#weights, table, numbers, cut);
    const { weights } = table;
    return loss / (weights ? weights.reduce((sum, weight) => sum + weight, 0) : table.rows);
  }

  /** A step of L-BFGS. Returns whether E has fallen. */
  #search(numbers: Uint32Array, losses: number[]): boolean {
    const { optimizer } = this.#options;
    const vectors = new Vectors(this.#arithmetic, this.#network);
    const { history } = optimizer.constants as { history: number };
    this.#lbfgs ??= new Lbfgs(vectors, history, weights => this.#value(weights, numbers, vectors));
    const next = this.#lbfgs.step(this.#weights, this.#rate(1));
    this.#weights = next ?? this.#weights;
    losses.push(this.#reduce(this.#lbfgs.loss, numbers));
    return next !== null;
  }

  /** E and ∇E of all rows. */
  #value(weights: Weights, numbers: Uint32Array, vectors: Vectors): Value {
    const cut = this.#cut(numbers.length);
    const known = [this.#arithmetic, this.#network, weights] as const;
    const pass = passForward(...known, this.#table, numbers, cut);
    passBackward(...known, pass);
    const sums = sumGradient(this.#arithmetic, this.#network, pass, cut);
    const { l2 } = this.#options;
    const scale = this.#scale(numbers);
    const gradient = this.#update.collect(weights, sums, { scale, l2 });
    const E = scale * pass.loss + (l2 / 2) * vectors.dotOfWeights(weights, weights);
    return { E, loss: pass.loss, gradient };
  }
}

/** W(1), W(2), … of an array that has them one after the other. */
function cutWeights(network: Network, all: Float32Array): Weights {
  let at = 0;
  return layerSizes(network).map(({ inputs, outputs }) => {
    at += (inputs + 1) * outputs;
    return all.slice(at - (inputs + 1) * outputs, at);
  });
}

/** null if no image is distorted. */
function distortionOf(options: TrainOptions, { encoding }: Dataset): Distortion | null {
  const { imageShift = 0, imageRotate = 0, imageZoom = 0, imageWarp = 0 } = options;
  if (imageShift + imageRotate + imageZoom + imageWarp === 0) return null;
  const [height, width] = encoding.shape!;
  return { imageShift, imageRotate, imageZoom, imageWarp, shape: [height!, width!] };
}
