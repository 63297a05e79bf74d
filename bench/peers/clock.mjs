/**
 * Shared by the JavaScript peers: arguments, printed events, random rows, shuffled batches, and the clock.
 * Follows the same rules as steps.py.
 */

export const LEARNING_RATE = 0.01;
export const CHECK_STEPS = 3;
const CHECK_ROWS = 64;
const WARM_UP_STEPS = 5;
const WARM_UP_SECONDS = 0.5;
const LEAST_STEPS = 5;

/** Prints an event on one line. */
export function emit(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

/** LAYERS BATCH ROWS SECONDS LIMIT WAY CORES, or null if the versions are requested. */
export function readArguments() {
  const [layers, batch, rows, seconds, limit, way, cores] = process.argv.slice(2);
  if (layers === '--versions') return null;
  return {
    layers: layers.split(',').map(Number),
    batch: Number(batch),
    rows: Number(rows),
    seconds: Number(seconds),
    limit: Number(limit),
    way,
    cores: Number(cores),
    checkRows: Math.min(CHECK_ROWS, Number(batch)),
  };
}

/** Ends the process if a few steps on the same rows did not reduce the loss. */
export function check(before, after) {
  if (!(after < before)) throw new Error(`the loss went from ${before} to ${after}`);
}

/** Uniform in [0, 1), (rows, features). */
export function randomFeatures({ rows, layers }) {
  const x = new Float32Array(rows * layers[0]);
  for (let i = 0; i < x.length; i++) x[i] = Math.random();
  return x;
}

/** Uniform class numbers, (rows). */
export function randomClasses({ rows, layers }) {
  return Int32Array.from({ length: rows }, () => Math.floor(Math.random() * layers.at(-1)));
}

/** Slices of a permutation of the rows, which is renewed when it is used up. */
export class Batches {
  #order;
  #batch;
  #at = 0;

  constructor({ rows, batch }) {
    this.#order = Int32Array.from({ length: rows }, (_, i) => i);
    this.#batch = batch;
    this.#shuffle();
  }

  next() {
    if (this.#at + this.#batch > this.#order.length) {
      this.#shuffle();
      this.#at = 0;
    }
    this.#at += this.#batch;
    return this.#order.subarray(this.#at - this.#batch, this.#at);
  }

  #shuffle() {
    for (let i = this.#order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [this.#order[i], this.#order[j]] = [this.#order[j], this.#order[i]];
    }
  }
}

/**
 * Reports ready, times single steps, and reports the result: a warm-up, then the requested seconds, without
 * exceeding the limit by much. A step receives the time at which it must end, and returns the share of its
 * work that it completed.
 */
export function timeSteps(step, { seconds, limit }) {
  emit('ready');
  const begun = performance.now();
  const spent = () => (performance.now() - begun) / 1000;
  let cut = false;
  const once = () => {
    const start = performance.now();
    const done = step(begun + limit * 1000) ?? 1;
    if (done < 1) cut = true;
    return (performance.now() - start) / 1000 / done;
  };
  const warm = [];
  while (warm.length < WARM_UP_STEPS || spent() < WARM_UP_SECONDS) {
    warm.push(once());
    if (spent() > limit / 4) break;
  }
  const times = [];
  const start = spent();
  while (spent() - start < seconds || times.length < LEAST_STEPS) {
    if (spent() + (times.at(-1) ?? warm.at(-1)) > limit) break;
    times.push(once());
  }
  const counted = times.length > 0 ? times : warm;
  emit('result', {
    seconds: median(counted),
    steps: counted.length,
    partial: cut || counted.length < LEAST_STEPS,
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
