/**
 * A formula's graph as instructions of a machine: each result gets a register for as long as it is needed. Constants stay
 * in the registers that are left over; the others are read from memory where they are used.
 */
import { type Graph, isMask, needsOf, type Result, type Step } from '../formulas/graph.js';
import type { Constant, Machine, Vector } from './machine.js';

/** Registers for constants that an instruction can't read from memory. */
const SPARE = 2;

export class LoweredFormula {
  readonly #machine: Machine;
  readonly #graph: Graph;
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
  constructor(machine: Machine, graph: Graph, registers: readonly Vector[]) {
    this.#machine = machine;
    this.#graph = graph;
    this.#lastUse = lastUses(graph);
    this.#free = [...registers];
    this.#freeMasks = machine.masks && [...machine.masks];
    for (const [i, step] of graph.steps.entries()) {
      if (step.kind === 'word') this.#constants.set(i, machine.constant(step.bits));
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

  /** Computes the formula of these vectors, which keep their values. Returns the vector of the result. */
  compute(inputs: readonly Vector[]): Vector {
    const { steps, result } = this.#graph;
    for (const [i, step] of steps.entries()) {
      if (step.kind === 'word') continue;
      if (step.kind === 'input') {
        this.#places.set(i, inputs[step.index]!);
        continue;
      }
      // Taken before any operand is given back, so that it is none of them.
      const to = this.#take(step);
      this.#places.set(i, to);
      this.#emit(step, to);
      this.#free.push(...this.#borrowed.splice(0));
      for (const need of new Set(needsOf(step))) if (this.#lastUse.get(need) === i) this.#giveBack(need);
    }
    const register = this.#register(result);
    this.#free.push(...this.#borrowed.splice(0));
    this.#giveBack(result);
    return register;
  }

  #emit(step: Step, to: number): void {
    const machine = this.#machine;
    switch (step.kind) {
      case 'input':
      case 'word':
        return;
      case 'fromWhole':
        machine.fromWhole(to, this.#register(step.a));
        return;
      case 'shiftLeft':
      case 'shiftRight':
      case 'shiftRightSigned':
        machine.shift(step.kind, to, this.#register(step.a), step.bits);
        return;
      case 'isBelow':
      case 'isEqual':
        machine.compare(step.kind, to, this.#register(step.a), this.#register(step.b));
        return;
      case 'choose':
        machine.choose(to, this.#places.get(step.mask)!, this.#register(step.a), this.#register(step.b));
        return;
      default:
        machine.binary(step.kind, to, this.#operand(step.a), this.#operand(step.b));
    }
  }

  #take(step: Step): number {
    const register = isMask(step) && this.#freeMasks ? this.#freeMasks.pop() : this.#free.pop();
    if (register === undefined) throw new Error('A formula needs more registers than there are.');
    return register;
  }

  #giveBack(need: Result): void {
    const step = this.#graph.steps[need]!;
    if (step.kind === 'word' || step.kind === 'input') return;
    const masks = isMask(step) ? this.#freeMasks : null;
    (masks ?? this.#free).push(this.#places.get(need)!);
  }

  /** The result, or a constant where it can be read from memory. */
  #operand(need: Result): Vector | Constant {
    return this.#kept.get(need) ?? this.#constants.get(need) ?? this.#places.get(need)!;
  }

  /** The result in a register. */
  #register(need: Result): Vector {
    const operand = this.#operand(need);
    if (typeof operand === 'number') return operand;
    const register = this.#take(this.#graph.steps[need]!);
    this.#machine.loadConstant(register, operand);
    this.#borrowed.push(register);
    return register;
  }

  /** Registers that results are in at once, at most. */
  #mostAtOnce(): number {
    let now = 0;
    let most = 0;
    const isInVector = (step: Step) =>
      step.kind !== 'input' && step.kind !== 'word' && !(isMask(step) && this.#freeMasks);
    for (const [i, step] of this.#graph.steps.entries()) {
      if (isInVector(step)) now++;
      most = Math.max(most, now);
      for (const need of new Set(needsOf(step))) {
        if (this.#lastUse.get(need) === i && isInVector(this.#graph.steps[need]!)) now--;
      }
    }
    return most;
  }
}

/** The graph's own result is needed to the end. */
function lastUses({ steps, result }: Graph): Map<Result, number> {
  const last = new Map<Result, number>();
  for (const [i, step] of steps.entries()) for (const need of needsOf(step)) last.set(need, i);
  return last.set(result, steps.length);
}
