/**
 * Bytes of machine code for any processor: instructions in order, labels and references to them, and constants after the
 * code. The encoders of x64.ts and arm64.ts extend it. It does not make memory executable.
 */

/** A place in the code or among its constants. It may be referred to before it is bound. */
export class Label {
  /** Bytes from the start of the code; null until the label is bound. */
  position: number | null = null;

  constructor(readonly name: string) {}
}

/** Writes what depends on a label's position into the finished code. */
type Patch = (code: DataView, target: number) => void;

interface Constant {
  readonly label: Label;
  readonly bytes: Uint8Array;
  readonly alignment: number;
}

/** The next multiple of a power of two. */
const roundUp = (position: number, alignment: number) => (position + alignment - 1) & -alignment;

/** Bytes of the longest instruction, or more. */
const LONGEST = 16;

/**
 * Most code is written once, by functions that the engine has not compiled yet. So encoders write bytes where they belong, and
 * make no lists of them.
 */
export class Code {
  /** Bytes written so far, constants not counted. */
  size = 0;
  /** The code; `room` makes it larger. */
  #buffer = new Uint8Array(4096);
  readonly #references: { label: Label; patch: Patch }[] = [];
  readonly #constants: Constant[] = [];

  /** A label for a jump forward: bind it where the jump should land. The name is for error messages. */
  label(name = 'label'): Label {
    return new Label(name);
  }

  /** Binds a label to the next instruction. */
  bind(label: Label): void {
    if (label.position !== null) throw new Error(`The label ${label.name} is already bound.`);
    label.position = this.size;
  }

  /** A label for a jump back, bound to the next instruction. */
  here(name = 'here'): Label {
    const label = this.label(name);
    this.bind(label);
    return label;
  }

  /**
   * Places a constant after the code and returns its label.
   * @param alignment a power of two, in bytes from the start of the code
   */
  data(bytes: Uint8Array, alignment = 4): Label {
    const label = this.label('constant');
    this.#constants.push({ label, bytes: bytes.slice(), alignment });
    return label;
  }

  /**
   * The finished code, followed by its constants.
   * @throws Error if an instruction refers to a label that was never bound
   */
  bytes(): Uint8Array {
    let end = this.size;
    for (const { label, bytes, alignment } of this.#constants) {
      label.position = roundUp(end, alignment);
      end = label.position + bytes.length;
    }
    const code = new Uint8Array(end);
    code.set(this.#buffer.subarray(0, this.size));
    for (const { label, bytes } of this.#constants) code.set(bytes, label.position!);

    const view = new DataView(code.buffer);
    for (const { label, patch } of this.#references) {
      if (label.position === null) throw new Error(`The label ${label.name} was never bound.`);
      patch(view, label.position);
    }
    return code;
  }

  /** Appends what was written from one place to another once more. No instruction there may refer to a label. */
  again(begin: number, end: number): void {
    this.room(end - begin).copyWithin(this.size, begin, end);
    this.size += end - begin;
  }

  /** Where so many bytes are to be written, from `size` on, which the writer moves. */
  protected room(bytes = LONGEST): Uint8Array {
    if (this.size + bytes > this.#buffer.length) {
      const larger = new Uint8Array(2 * (this.size + bytes));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return this.#buffer;
  }

  /** Appends the low eight bits of each number, LONGEST at most. */
  protected emit(...bytes: readonly number[]): void {
    const code = this.room();
    for (let i = 0; i < bytes.length; i++) code[this.size++] = bytes[i]!;
  }

  /** Registers a patch to run when the finished code is taken, once the label's position is known. */
  protected refer(label: Label, patch: Patch): void {
    this.#references.push({ label, patch });
  }
}
