/**
 * A step of L-BFGS (Nocedal and Wright, Algorithms 7.4 and 7.5): a direction d = −H ∇E from the last pairs
 * s = w′ − w, y = ∇E′ − ∇E, and a line search along it. A batch contains all rows, so a segment is one step. All workers
 * run this at the same time: each has some chunks of every vector, and all see the same inner products and the same E, so
 * they make the same decisions. Runs in a pool thread.
 */
import { LBFGS_NUMBERS } from '../src/kernels/rules/lbfgs.js';
import type { ConstantsOf } from '../src/model/optimizer.js';
import { entryOf, viewOf } from '../src/model/plan.js';
import type { Collective } from '../src/protocol/collective.js';
import { PROGRESS } from '../src/protocol/control.js';
import type { Fault } from '../src/protocol/fault.js';
import { type Point, searchLine } from '../src/protocol/line-search.js';
import { isUnchanged } from '../src/protocol/metrics.js';
import { rateOf, type TaskResult, type TrainTask } from '../src/protocol/tasks.js';
import { MEETING } from '../src/protocol/trail.js';
import { commitFault } from './fault.js';
import { Objective, type Value } from './objective.js';
import type { Thread } from './thread.js';
import { type Dot, type Vector, Vectors } from './vectors.js';

/** Runs the task's one step. @throws Poisoned */
export function stepByLbfgs(
  thread: Thread,
  collective: Collective,
  control: Int32Array,
  task: TrainTask,
): TaskResult {
  const { worker } = thread;
  const change = collective.slots('change');
  // An epoch has one step, so every step is measured.
  const clock = thread.clock!;
  clock.start();
  const wait = () => {
    // The passes measure their own time; the rest is work on vectors.
    clock.lap('update');
    thread.trail.note(MEETING);
    collective.meet();
    clock.lap('waiting');
  };
  const vectors = new Vectors(thread, collective.slots('dots'), change, task.workers, wait);
  const objective = new Objective(thread, task, vectors, control, wait);
  const taken = new Lbfgs(thread, task, vectors, objective).step();
  if (taken === null) return { ok: true, end: 'diverged', steps: 0 };
  change.note(worker, taken.most);
  wait();
  if (worker === 0) Atomics.add(control, PROGRESS, 1);
  // If E does not fall, not even along −∇E, all further steps would be the same.
  if (!taken.fell) return { ok: true, end: 'converged', steps: 1 };
  const unchanged = isUnchanged(change, task.workers, task, 0);
  return { ok: true, end: unchanged ? 'unchanged' : 'done', steps: 1 };
}

/** Result of a step. */
interface Taken {
  /** Largest |change of a weight| in this worker's chunks. */
  most: number;
  /** Whether E is lower than before. */
  fell: boolean;
}

/** Result of a line search: the point, E there, and the slope at its start. */
interface Found {
  point: Point;
  value: Value;
  slope: number;
}

/** The slope promises no noticeable fall of E, or the search found no lower E. */
type Failure = 'flat' | 'lost';

/** A slope that promises a smaller fall relative to E is flat: float32 resolves 1e-7. */
const LEAST_FALL = 1e-10;

const { rho: RHO, ...AT } = LBFGS_NUMBERS;

class Lbfgs {
  readonly #thread: Thread;
  readonly #task: TrainTask;
  readonly #vectors: Vectors;
  readonly #objective: Objective;
  readonly #w: Vector;
  /** ∇E where it was evaluated last, and at w at the start of the step. */
  readonly #gw: Vector;
  readonly #g: Vector;
  readonly #d: Vector;
  readonly #pairs: { s: Vector; y: Vector }[];
  /** A copy of the numbers that the last step left. All workers have the same; worker 0 writes them back. */
  readonly #numbers: Float64Array;

  constructor(thread: Thread, task: TrainTask, vectors: Vectors, objective: Objective) {
    const { plan, memory, optimizer } = thread.setup;
    const { history } = optimizer.constants as ConstantsOf<'lbfgs'>;
    const slab = (name: string): Vector => entryOf(plan, `${name}/1`).offset;
    this.#thread = thread;
    this.#task = task;
    this.#vectors = vectors;
    this.#objective = objective;
    this.#w = slab('w');
    this.#gw = slab('gw0');
    this.#g = slab('state/gradient');
    this.#d = slab('direction');
    this.#pairs = Array.from({ length: history }, (_, i) => {
      return { s: slab(`state/s${i}`), y: slab(`state/y${i}`) };
    });
    this.#numbers = viewOf(plan, memory, 'state/numbers', 'f64').slice();
  }

  /** null if E is not finite at w. */
  step(): Taken | null {
    const { stepsBefore, fault } = this.#task;
    const commit = (phase: Fault['phase']) => {
      if (fault?.fault.worker === this.#thread.worker) commitFault(fault.fault, phase);
    };
    if (stepsBefore === 0 && !this.#begin()) return null;
    commit('gradient');
    // The oldest pair is used once more, then replaced by the new one.
    const place = stepsBefore % this.#pairs.length;
    let end = this.#search(place);
    if (end === 'lost' && this.#hasPairs) {
      this.#rho.fill(0);
      end = this.#search(place);
    }
    const found = typeof end === 'string' ? null : end;
    const most = found ? this.#keep(place, found) : 0;
    if (!found) this.#rho[place] = 0;
    this.#publish();
    commit('update');
    return { most, fell: found !== null };
  }

  /** 1 / s·y of each pair; 0 if there is no pair, or it has no curvature. */
  get #rho(): Float64Array {
    return this.#numbers.subarray(RHO);
  }

  get #hasPairs(): boolean {
    return this.#rho.some(rho => rho > 0);
  }

  /** E and ∇E at the initial weights. Returns whether E is finite. */
  #begin(): boolean {
    const value = this.#evaluate();
    this.#copy(this.#g, this.#gw);
    this.#note(value);
    return Number.isFinite(value.E);
  }

  #evaluate(): Value {
    this.#numbers[AT.evaluations]!++;
    return this.#objective.at(this.#w, this.#gw, this.#d);
  }

  #note({ E, loss, right }: Value): void {
    this.#numbers[AT.E] = E;
    this.#numbers[AT.loss] = loss;
    this.#numbers[AT.right] = right;
  }

  /** Moves w to where the search ended, with ∇E there in gw; restores w if E did not fall. s ← the old w. */
  #search(place: number): Found | Failure {
    const { s } = this.#pairs[place]!;
    const steepest = !this.#hasPairs;
    this.#turn();
    const [slope, squares] = this.#vectors.dots([this.#g, this.#d], [this.#g, this.#g]) as [Dot, Dot];
    if (!(slope.all < 0)) return 'lost';
    // About twice the possible fall of E, as H is close to the inverse of the curvature.
    if (!steepest && -slope.all <= LEAST_FALL * Math.abs(this.#numbers[AT.E]!)) return 'flat';
    this.#copy(s, this.#w);
    // Along −∇E, the right length is not known yet.
    const unit = steepest ? Math.min(1, 1 / Math.sqrt(squares.all)) : 1;
    const found = this.#searchFrom(s, slope.all, unit * rateOf(this.#task, 0));
    if (!found) this.#copy(this.#w, s);
    return found ?? 'lost';
  }

  #searchFrom(old: Vector, slope: number, first: number): Found | null {
    const evaluateAt = (t: number) => {
      this.#vectors.combine(this.#w, old, this.#d, 1, t);
      return this.#evaluate();
    };
    const search = searchLine({ t: 0, E: this.#numbers[AT.E]!, slope }, first);
    let at = 0;
    let value: Value | null = null;
    for (let next = search.next(); ; ) {
      if (next.done) {
        const point = next.value;
        if (!point) return null;
        // It may not be the point that was evaluated last.
        return { point, value: point.t === at ? value! : evaluateAt(point.t), slope };
      }
      at = next.value;
      value = evaluateAt(at);
      const { E, slope: there } = value;
      const finite = Number.isFinite(E) && Number.isFinite(there);
      next = search.next({ t: at, E: finite ? E : Number.POSITIVE_INFINITY, slope: there });
    }
  }

  /** d ← −H ∇E by two loops, from the newest pair to the oldest and back; initially H = γ I, γ = s·y / y·y of the newest. */
  #turn(): void {
    const vectors = this.#vectors;
    const d = this.#d;
    vectors.combine(d, this.#g, this.#g, -1, 0);
    const newestFirst = this.#pairs.map((_, i) => this.#placeBefore(i + 1)).filter(i => this.#rho[i]! > 0);
    const alphas = newestFirst.map(i => {
      const { s, y } = this.#pairs[i]!;
      const alpha = this.#rho[i]! * vectors.dots([s, d])[0]!.all;
      vectors.combine(d, d, y, 1, -alpha);
      return alpha;
    });
    if (newestFirst.length > 0) vectors.combine(d, d, d, this.#numbers[AT.gamma]!, 0);
    for (const [k, i] of [...newestFirst.entries()].reverse()) {
      const { s, y } = this.#pairs[i]!;
      const beta = this.#rho[i]! * vectors.dots([y, d])[0]!.all;
      vectors.combine(d, d, s, 1, alphas[k]! - beta);
    }
  }

  /** Place of the pair of an earlier step. */
  #placeBefore(steps: number): number {
    const { length } = this.#pairs;
    return (((this.#task.stepsBefore - steps) % length) + length) % length;
  }

  /** Keeps the pair of this step, and E and ∇E for the next. Returns the largest |change of a weight|. */
  #keep(place: number, { point, value, slope }: Found): number {
    const vectors = this.#vectors;
    const { s, y } = this.#pairs[place]!;
    const most = vectors.combine(s, this.#w, s, 1, -1);
    vectors.combine(y, this.#gw, this.#g, 1, -1);
    this.#copy(this.#g, this.#gw);
    const [curvature, squares] = vectors.dots([s, y], [y, y]) as [Dot, Dot];
    // A curvature that is only rounding says nothing about E.
    const counts = curvature.all > Number.EPSILON * point.t * Math.abs(slope);
    this.#rho[place] = counts ? 1 / curvature.all : 0;
    if (counts) this.#numbers[AT.gamma] = curvature.all / squares.all;
    this.#note(value);
    return most;
  }

  #copy(to: Vector, from: Vector): void {
    this.#vectors.combine(to, from, from, 1, 0);
  }

  /** Worker 0 writes the numbers for the coordinator and the next step. No other worker reads them again in this step. */
  #publish(): void {
    if (this.#thread.worker !== 0) return;
    const { plan, memory } = this.#thread.setup;
    viewOf(plan, memory, 'state/numbers', 'f64').set(this.#numbers);
    viewOf(plan, memory, 'step/loss', 'f64')[0] = this.#numbers[AT.loss]!;
    viewOf(plan, memory, 'step/right', 'f64')[0] = this.#numbers[AT.right]!;
  }
}
