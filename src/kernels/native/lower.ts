/**
 * A formula's graph as instructions of a machine: each result gets a register for as long as it is needed. Constants stay
 * in the registers that are left over; the others are read from memory where they are used.
 */
import { type Graph, isMask, needsOf, type Result, type Step } from '../formulas/graph.js';
import type { Constant, Machine, Vector } from './machine.js';

/** Registers for constants that an instruction can't read from memory. */
const SPARE = 2;

/** Where an input is: a register that keeps its value, a constant, or loaded into a register when it is first needed. */
export type Source = Vector | Constant | 'loaded';

/** Loads an input. */
export type Load = (to: Vector, input: number) => void;

export class LoweredFormula {
  readonly #machine: Machine;
  readonly #graph: Graph;
  readonly #sources: readonly Source[];
  /** The last step that needs each result. */
  readonly #lastUse: ReadonlyMap<Result, number>;
  readonly #free: Vector[];
  readonly #freeMasks: number[] | null;
  readonly #constants = new Map<Result, Constant>();
  /** Registers of the constants that stay in one. */
  readonly #kept = new Map<Result, Vector>();
  readonly #places = new Map<Result, number>();
  /** Registers with constants for one step. */
  #borrowed: Vector[] = [];

  /**
   * Loads the constants that there are registers for: once, before the loop that the formula runs in.
   * @param registers vectors for the formula alone
   */
  constructor(machine: Machine, graph: Graph, registers: readonly Vector[], sources: readonly Source[]) {
    this.#machine = machine;
    this.#graph = graph;
    this.#sources = sources;
    this.#lastUse = lastUses(graph);
    this.#free = [...registers];
    this.#freeMasks = machine.masks && [...machine.masks];
    for (const [i, step] of graph.steps.entries()) {
      const constant = step.kind === 'word' ? machine.constant(step.bits) : this.#sourceOf(step);
      if (constant !== null && typeof constant === 'object') this.#constants.set(i, constant);
    }
    const uses = (constant: Result) => graph.steps.flatMap(needsOf).filter(need => need === constant).length;
    const byUse = [...this.#constants.keys()].sort((a, b) => uses(b) - uses(a));
    const left = Math.max(0, registers.length - this.#mostAtOnce() - SPARE);
    for (const constant of byUse.slice(0, left)) {
      const register = this.#free.pop()!;
      machine.loadConstant(register, this.#constants.get(constant)!);
      this.#kept.set(constant, register);
    }
  }

  /**
   * Computes the formula. Returns the vectors of the results, which are good until it is computed again.
   * @param load loads the inputs that are to be loaded
   */
  compute(load: Load = () => {}): Vector[] {
    const { steps, results } = this.#graph;
    for (const [i, step] of steps.entries()) {
      if (step.kind === 'word' || step.kind === 'input') continue;
      for (const need of needsOf(step)) this.#provide(need, load);
      // Taken before any operand is given back, so that it is none of them.
      const to = this.#take(step);
      this.#places.set(i, to);
      this.#emit(step, to);
      this.#free.push(...this.#borrowed.splice(0));
      for (const need of new Set(needsOf(step))) if (this.#lastUse.get(need) === i) this.#giveBack(need);
    }
    for (const result of results) this.#provide(result, load);
    const registers = results.map(result => this.#register(result));
    this.#free.push(...this.#borrowed.splice(0));
    for (const result of new Set(results)) this.#giveBack(result);
    return registers;
  }

  #sourceOf(step: Step): Source | null {
    return step.kind === 'input' ? this.#sources[step.index]! : null;
  }

  /** Puts an input into its register, if it is not there yet. */
  #provide(need: Result, load: Load): void {
    const step = this.#graph.steps[need]!;
    if (step.kind !== 'input' || this.#constants.has(need) || this.#places.has(need)) return;
    const source = this.#sources[step.index];
    const register = source === 'loaded' ? this.#take(step) : (source as Vector);
    this.#places.set(need, register);
    if (source === 'loaded') load(register, step.index);
  }

  #emit(step: Step, to: number): void {
    const machine = this.#machine;
    switch (step.kind) {
      case 'input':
      case 'word':
        return;
      case 'fromWhole':
      case 'squareRoot':
        machine[step.kind](to, this.#register(step.a));
        return;
      case 'shiftLeft':
      case 'shiftRight':
      case 'shiftRightSigned':
        machine.shift(step.kind, to, this.#register(step.a), step.bits);
        return;
      case 'isBelow':
      case 'isEqual':
      case 'isBelowWords':
      case 'isEqualWords':
        machine.compare(step.kind, to, this.#register(step.a), this.#register(step.b));
        return;
      case 'both':
        machine.both(to, this.#places.get(step.a)!, this.#places.get(step.b)!);
        return;
      case 'choose': {
        const mask = this.#places.get(step.mask)!;
        const other = this.#graph.steps[step.b]!;
        if (other.kind === 'word' && other.bits === 0) machine.keep(to, mask, this.#register(step.a));
        else machine.choose(to, mask, this.#register(step.a), this.#register(step.b));
        return;
      }
      default: {
        const a = this.#operand(step.a);
        const b = this.#operand(step.b);
        machine.binary(step.kind, to, typeof b === 'number' ? a : this.#register(step.a), b);
      }
    }
  }

  #take(step: Step): number {
    const register = isMask(step) && this.#freeMasks ? this.#freeMasks.pop() : this.#free.pop();
    if (register === undefined) throw new Error('A formula needs more registers than there are.');
    return register;
  }

  #giveBack(need: Result): void {
    if (!this.#takesRegister(need)) return;
    const masks = isMask(this.#graph.steps[need]!) ? this.#freeMasks : null;
    (masks ?? this.#free).push(this.#places.get(need)!);
    this.#places.delete(need);
  }

  /** Whether a result is in a register only as long as it is needed. */
  #takesRegister(need: Result): boolean {
    const step = this.#graph.steps[need]!;
    return step.kind === 'input' ? this.#sourceOf(step) === 'loaded' : step.kind !== 'word';
  }

  /** The result, or a constant where it can be read from memory. */
  #operand(need: Result): Vector | Constant {
    return this.#kept.get(need) ?? this.#constants.get(need) ?? this.#places.get(need)!;
  }

  /** The result in a register. */
  #register(need: Result): Vector {
    const operand = this.#operand(need);
    if (typeof operand === 'number') return operand;
    const register = this.#free.pop();
    if (register === undefined) throw new Error('A formula needs more registers than there are.');
    this.#machine.loadConstant(register, operand);
    this.#borrowed.push(register);
    return register;
  }

  /** Vector registers that results are in at once, at most. */
  #mostAtOnce(): number {
    const { steps } = this.#graph;
    const live = new Set<Result>();
    let most = 0;
    for (const [i, step] of steps.entries()) {
      if (step.kind === 'word' || step.kind === 'input') continue;
      for (const result of [...needsOf(step), i]) {
        const isInMask = isMask(steps[result]!) && this.#freeMasks;
        if (this.#takesRegister(result) && !isInMask) live.add(result);
      }
      most = Math.max(most, live.size);
      for (const need of needsOf(step)) if (this.#lastUse.get(need) === i) live.delete(need);
    }
    return most;
  }
}

/** The graph's own results are needed to the end. */
function lastUses({ steps, results }: Graph): Map<Result, number> {
  const last = new Map<Result, number>();
  for (const [i, step] of steps.entries()) for (const need of needsOf(step)) last.set(need, i);
  for (const result of results) last.set(result, steps.length);
  return last;
}
