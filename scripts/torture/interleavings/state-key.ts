/** Describes values as text: two states with the same text go on alike. Objects that refer to each other are numbered. */

/** What an object contributes to the description instead of its properties. */
export const PARTS = Symbol('parts');
/** Functions: their name, and functions that return what they have captured. */
export const CAPTURED = Symbol('captured');

/** What never changes, by the name that stands for it. */
export type Constants = ReadonlyMap<unknown, string>;

export class Describer {
  readonly #constants: Constants;
  readonly #ignored: ReadonlySet<string>;
  readonly #numbers = new Map<object, number>();
  #text = '';

  /** @param ignored properties that make no difference */
  constructor(constants: Constants, ignored: ReadonlySet<string>) {
    this.#constants = constants;
    this.#ignored = ignored;
  }

  get text(): string {
    return this.#text;
  }

  add(value: unknown): void {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
      this.#text += `${typeof value === 'string' ? JSON.stringify(value) : String(value)},`;
      return;
    }
    const constant = this.#constants.get(value);
    if (constant !== undefined) this.#text += `${constant},`;
    else this.#addObject(value);
  }

  #addObject(value: object): void {
    const number = this.#numbers.get(value);
    if (number !== undefined) {
      this.#text += `@${number},`;
      return;
    }
    this.#numbers.set(value, this.#numbers.size);
    if (typeof value === 'function') this.#addFunction(value as Captures);
    else if (PARTS in value) this.#addAll((value as { [PARTS](): unknown[] })[PARTS]());
    else if (Array.isArray(value) || value instanceof Set) this.#addAll(value);
    else if (value instanceof Map) this.#addAll([...value].flat());
    else if (value instanceof Error) this.#addAll(['error', value.message]);
    else this.#addProperties(value);
  }

  #addAll(values: Iterable<unknown>): void {
    this.#text += '[';
    for (const value of values) this.add(value);
    this.#text += ']';
  }

  #addFunction(value: Captures): void {
    const captured = value[CAPTURED];
    this.#text += `ƒ${captured?.name ?? value.name}`;
    if (captured) this.#addAll(captured.variables.map(readingOf));
  }

  #addProperties(value: object): void {
    this.#text += `${value.constructor?.name}{`;
    for (const [name, part] of Object.entries(value)) {
      if (this.#ignored.has(name)) continue;
      this.#text += `${name}:`;
      this.add(part);
    }
    this.#text += '}';
  }
}

interface Captures {
  name: string;
  [CAPTURED]?: { name: string; variables: (() => unknown)[] };
}

/** The value of a variable, if it is initialised yet. */
function readingOf(variable: () => unknown): unknown {
  try {
    return variable();
  } catch {
    return 'not yet';
  }
}

/** 53 bits of a text, by two multiplicative hashes. */
export function hashOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
