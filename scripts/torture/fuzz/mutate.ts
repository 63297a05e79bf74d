/**
 * Small changes to bytes, of kinds that tend to reveal parser bugs. Pure functions of a stream of random
 * words.
 */

/** The next integer below n. */
export type Draw = (n: number) => number;

/** Enough for the longest seed, an Arrow file. Longer inputs reach nothing that shorter ones don't, and take more time. */
export const MOST_BYTES = 7168;

const NUMBERS = [
  '0',
  '-1',
  '1e9',
  '1e400',
  '-0',
  '9007199254740993',
  '4294967296',
  '0.5',
  'null',
  'true',
  '""',
  '[]',
];
const SIZES = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff];

type Change = (input: Uint8Array, draw: Draw) => Uint8Array;

const setByte: Change = (input, draw) => edit(input, copy => (copy[draw(copy.length)] = draw(256)));
const flipBit: Change = (input, draw) => edit(input, copy => (copy[draw(copy.length)]! ^= 1 << draw(8)));
const remove: Change = (input, draw) => {
  const [from, to] = rangeOf(input, draw);
  return replace(input, from, to, new Uint8Array(0));
};
const repeat: Change = (input, draw) => {
  const [from, to] = rangeOf(input, draw);
  const times = 1 + draw(draw(8) === 0 ? 200 : 4);
  const piece = input.subarray(from, to);
  return replace(
    input,
    to,
    to,
    Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!),
  );
};
const insertBytes: Change = (input, draw) => {
  const at = draw(input.length + 1);
  return replace(
    input,
    at,
    at,
    Uint8Array.from({ length: 1 + draw(8) }, () => draw(256)),
  );
};
/** Sets a count of one, four or eight bytes, in either byte order. */
const setSize: Change = (input, draw) => {
  const width = [1, 4, 8][draw(3)]!;
  if (input.length < width) return input;
  const at = draw(input.length - width + 1);
  const size = SIZES[draw(SIZES.length)]!;
  const bytes = Array.from({ length: width }, (_, i) => Math.floor(size / 256 ** i) & 255);
  return replace(input, at, at + width, Uint8Array.from(draw(2) === 0 ? bytes : bytes.reverse()));
};
/** Replaces a number that is written out in digits. */
const setNumber: Change = (input, draw) => {
  const text = Buffer.from(input).toString('latin1');
  const found = [...text.matchAll(/-?\d+(\.\d+)?/g)];
  if (found.length === 0) return input;
  const { index, 0: old } = found[draw(found.length)]!;
  return replace(input, index, index + old.length, Buffer.from(NUMBERS[draw(NUMBERS.length)]!));
};

const CHANGES = [setByte, flipBit, remove, repeat, insertBytes, setSize, setNumber];

/** Applies one to eight changes to an input, including words and pieces of another input. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly string[],
  draw: Draw,
): Uint8Array {
  let changed = input;
  for (let left = draw(2) === 0 ? 1 : 1 + draw(8); left > 0; left--) {
    const kind = draw(CHANGES.length + 2);
    const at = draw(changed.length + 1);
    if (kind < CHANGES.length) changed = changed.length === 0 ? changed : CHANGES[kind]!(changed, draw);
    else if (kind === CHANGES.length && words.length > 0) {
      changed = putWord(changed, words[draw(words.length)]!, draw);
    } else if (other.length > 0) changed = replace(changed, at, at, other.subarray(...rangeOf(other, draw)));
  }
  return changed.subarray(0, MOST_BYTES);
}

/** Inserts a word of the format anywhere, or in place of an existing name or word. */
function putWord(input: Uint8Array, word: string, draw: Draw): Uint8Array {
  const found = [
    ...Buffer.from(input)
      .toString('latin1')
      .matchAll(/"[^"]*"|\w+/g),
  ];
  const at = draw(input.length + 1);
  const { index, 0: old } = found[draw(2 * found.length)] ?? { index: at, 0: '' };
  return replace(input, index, index + old.length, Buffer.from(word));
}

function edit(input: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = input.slice();
  change(copy);
  return copy;
}

/** At least one byte, mostly few. */
function rangeOf(input: Uint8Array, draw: Draw): [number, number] {
  const from = draw(input.length);
  return [from, Math.min(input.length, from + 1 + draw(draw(4) === 0 ? input.length : 8))];
}

function replace(input: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const changed = new Uint8Array(from + piece.length + input.length - to);
  changed.set(input.subarray(0, from));
  changed.set(piece, from);
  changed.set(input.subarray(to), from + piece.length);
  return changed;
}
