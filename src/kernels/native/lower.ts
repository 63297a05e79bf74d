/**
 * A formula's graph as instructions of a machine: each result gets a register for as long as it is needed. Constants stay
 * in the registers that are left over; the others are read from memory where they are used. If registers run out, the result
 * that is needed last waits in memory.
 */
import { type Graph, isMask, needsOf, type Result, type Step } from '../formulas/graph.js';
import { at, type Constant, type Machine, type Place, type Vector } from './machine.js';

/** Registers for constants that an instruction can't read from memory. */
const SPARE = 2;

/** Where an input is: a register that keeps its value, a constant, or loaded into a register when it is first needed. */
export type Source = Vector | Constant | 'loaded';

/** Loads an input. */
export type Load = (to: Vector, input: number) => void;

/** What a formula may use. */
export interface Room {
  /** Vectors for the formula alone. */
  registers: readonly Vector[];
  /** Where results wait for which there is no register; null if there is none. */
  memory: Place | null;
}

export class LoweredFormula {
  readonly #machine: Machine;
  readonly #graph: Graph;
  readonly #sources: readonly Source[];
  /** The results that each step needs. */
  readonly #needs: readonly (readonly Result[])[];
  /** The steps that need each result; one after the last for the graph's own. */
  readonly #uses: readonly (readonly number[])[];
  readonly #free: Vector[];
  readonly #freeMasks: number[] | null;
  readonly #memory: Place | null;
  readonly #constants = new Map<Result, Constant>();
  /** Registers of the constants that stay in one. */
  readonly #kept = new Map<Result, Vector>();
  readonly #places: (number | undefined)[];
  /** Slots of the results that wait in memory. */
  readonly #waiting = new Map<Result, number>();
  /** Registers with constants for one step. */
  #borrowed: Vector[] = [];
  #step = 0;

  /** Loads the constants that there are registers for: once, before the loop that the formula runs in. */
  constructor(machine: Machine, graph: Graph, { registers, memory }: Room, sources: readonly Source[]) {
    this.#machine = machine;
    this.#graph = graph;
    this.#sources = sources;
    this.#needs = graph.steps.map(needsOf);
    this.#uses = usesOf(this.#needs, graph.results);
    this.#places = graph.steps.map(() => undefined);
    this.#free = [...registers];
    this.#freeMasks = machine.masks && [...machine.masks];
    this.#memory = memory;
    for (let i = 0; i < graph.steps.length; i++) {
      const step = graph.steps[i]!;
      const constant = step.kind === 'word' ? machine.constant(step.bits) : this.#sourceOf(step);
      if (constant !== null && typeof constant === 'object') this.#constants.set(i, constant);
    }
    const usesBy = (constant: Result) => this.#uses[constant]!.length;
    const byUse = [...this.#constants.keys()].sort((a, b) => usesBy(b) - usesBy(a));
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
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      if (step.kind === 'word' || step.kind === 'input') continue;
      this.#step = i;
      const needs = this.#needs[i]!;
      for (let n = 0; n < needs.length; n++) this.#provide(needs[n]!, load);
      // Taken before any operand is given back, so that it is none of them.
      const to = this.#take(step);
      this.#emit(step, to);
      this.#places[i] = to;
      this.#release(needs);
    }
    this.#step = steps.length;
    for (const result of results) this.#provide(result, load);
    const registers = results.map(result => this.#register(result));
    this.#release(results);
    return registers;
  }

  #sourceOf(step: Step): Source | null {
    return step.kind === 'input' ? this.#sources[step.index]! : null;
  }

  /** Puts an input into its register, if it is not there yet. */
  #provide(need: Result, load: Load): void {
    const step = this.#graph.steps[need]!;
    if (step.kind !== 'input' || this.#constants.has(need)) return;
    if (this.#places[need] !== undefined || this.#waiting.has(need)) return;
    const source = this.#sources[step.index];
    const register = source === 'loaded' ? this.#take(step) : (source as Vector);
    this.#places[need] = register;
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
        machine.both(to, this.#register(step.a), this.#register(step.b));
        return;
      case 'choose': {
        const mask = this.#register(step.mask);
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
    if (!isMask(step) || !this.#freeMasks) return this.#takeVector();
    const mask = this.#freeMasks.pop();
    if (mask === undefined) throw new Error('A formula needs more masks than there are.');
    return mask;
  }

  #takeVector(): Vector {
    return this.#free.pop() ?? this.#makeFree();
  }

  /** Gives back what was needed for the last time, and what was borrowed. */
  #release(needs: readonly Result[]): void {
    while (this.#borrowed.length > 0) this.#free.push(this.#borrowed.shift()!);
    for (let n = 0; n < needs.length; n++) {
      const need = needs[n]!;
      if (this.#uses[need]!.at(-1)! > this.#step || !this.#takesRegister(need)) continue;
      const place = this.#places[need];
      if (place !== undefined) (this.#masksOf(need) ?? this.#free).push(place);
      this.#places[need] = undefined;
      this.#waiting.delete(need);
    }
  }

  /** The next step after this one that needs the result; null if none does. */
  #nextUse(result: Result): number | null {
    return this.#uses[result]!.find(use => use > this.#step) ?? null;
  }

  /** Lets the result wait in memory that is needed last, and returns its register. */
  #makeFree(): Vector {
    const needs = this.#needs[this.#step] ?? this.#graph.results;
    const candidates = [...this.#places.keys()].filter(
      result =>
        this.#places[result] !== undefined &&
        this.#takesRegister(result) &&
        !this.#masksOf(result) &&
        !needs.includes(result),
    );
    const [last] = candidates.sort((a, b) => this.#nextUse(b)! - this.#nextUse(a)!);
    if (last === undefined || !this.#memory)
      throw new Error('A formula needs more registers than there are.');
    const taken = new Set(this.#waiting.values());
    let slot = 0;
    while (taken.has(slot)) slot++;
    const register = this.#places[last]!;
    this.#machine.store(this.#slotAt(slot), register);
    this.#waiting.set(last, slot);
    this.#places[last] = undefined;
    return register;
  }

  #slotAt(slot: number): Place {
    const { base, offset } = this.#memory!;
    return at(base, offset + slot * this.#machine.lanes * 4);
  }

  /** The registers that a result is in as a mask; null if it is in a vector. */
  #masksOf(result: Result): number[] | null {
    return isMask(this.#graph.steps[result]!) ? this.#freeMasks : null;
  }

  /** Whether a result is in a register only as long as it is needed. */
  #takesRegister(need: Result): boolean {
    const step = this.#graph.steps[need]!;
    return step.kind === 'input' ? this.#sourceOf(step) === 'loaded' : step.kind !== 'word';
  }

  /** The result, or a constant where it can be read from memory. */
  #operand(need: Result): number | Constant {
    const slot = this.#waiting.get(need);
    if (slot !== undefined) return this.#machine.inMemory(this.#slotAt(slot));
    return this.#kept.get(need) ?? this.#constants.get(need) ?? this.#places[need]!;
  }

  /** The result in a register. */
  #register(need: Result): number {
    const operand = this.#operand(need);
    if (typeof operand === 'number') return operand;
    const register = this.#takeVector();
    this.#machine.loadConstant(register, operand);
    this.#borrowed.push(register);
    return register;
  }

  /** Vector registers that results are in at once, at most. */
  #mostAtOnce(): number {
    const { steps } = this.#graph;
    const live = new Set<Result>();
    let most = 0;
    const add = (result: Result) => {
      if (this.#takesRegister(result) && !this.#masksOf(result)) live.add(result);
    };
    for (let i = 0; i < steps.length; i++) {
      const { kind } = steps[i]!;
      if (kind === 'word' || kind === 'input') continue;
      const needs = this.#needs[i]!;
      for (let n = 0; n < needs.length; n++) add(needs[n]!);
      add(i);
      most = Math.max(most, live.size);
      for (let n = 0; n < needs.length; n++) if (this.#uses[needs[n]!]!.at(-1) === i) live.delete(needs[n]!);
    }
    return most;
  }
}

function usesOf(needs: readonly (readonly Result[])[], results: readonly Result[]): number[][] {
  const uses: number[][] = needs.map(() => []);
  for (let i = 0; i < needs.length; i++) for (const need of needs[i]!) uses[need]!.push(i);
  for (const result of results) uses[result]!.push(needs.length);
  return uses;
}
