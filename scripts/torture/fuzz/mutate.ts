/** Small changes to bytes, of kinds that tend to reveal parser bugs. Pure functions of a stream of random words. */
import { type Draw, decodeInteger, drawNear, drawRange, encodeInteger, pick, replace } from './bytes.js';
import { changeElement } from './pieces.js';

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
  const [from, to] = drawRange(input, draw);
  return replace(input, from, to, new Uint8Array(0));
};
const repeat: Change = (input, draw) => {
  const [from, to] = drawRange(input, draw);
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
/** Sets an integer of 1, 2, 4 or 8 bytes, in either byte order, to a limit or to a value near the old one. */
const setInteger: Change = (input, draw) => {
  const width = pick([1, 2, 4, 8], draw);
  if (input.length < width) return input;
  const at = draw(input.length - width + 1);
  const isBig = draw(2) === 0;
  const old = decodeInteger(input.subarray(at, at + width), isBig);
  const lengths = [input.length, input.length - at, input.length - at - width];
  const value = draw(2) === 0 ? BigInt(pick(SIZES, draw)) : drawNear(old, lengths, draw);
  const piece = encodeInteger(BigInt.asUintN(8 * width, value), width, isBig)!;
  return replace(input, at, at + width, piece);
};
/** Replaces a number in digits, and sometimes the one or two after it: by a limit, one near it, or another of the input. */
const setNumber: Change = (input, draw) => {
  const text = Buffer.from(input).toString('latin1');
  const found = [...text.matchAll(/-?\d+(\.\d+)?/g)];
  if (found.length === 0) return input;
  const first = draw(found.length);
  const kind = draw(4);
  const change = (old: string, index: number, draw: Draw) => {
    if (kind === 0) return pick(NUMBERS, draw);
    if (kind === 1) return pick(found, draw)[0];
    if (old.includes('.')) return `${old}${draw(10)}`;
    return String(drawNear(BigInt(old), [input.length, input.length - index, found.length], draw));
  };
  // The same draws for each.
  const seed = draw(2 ** 16);
  let changed = input;
  for (const { index, 0: old } of found.slice(first, first + 1 + draw(draw(4) === 0 ? 3 : 1)).reverse()) {
    let drawn = seed;
    const value = change(old, index, n => (Math.imul(++drawn, 0x9e3779b1) >>> 8) % n);
    const padded = /^0\d/.test(old) ? value.padStart(old.length, '0') : value;
    changed = replace(changed, index, index + old.length, Buffer.from(padded));
  }
  return draw(2) === 0 ? keepLength(changed, changed.length - input.length, text) : changed;
};

/** Shortens the first long run of blanks by as much as the input has grown, or lengthens it: headers are padded with blanks. */
function keepLength(changed: Uint8Array, more: number, text: string): Uint8Array {
  const blanks = text.search(/ {16}/);
  if (blanks < 0 || more > 16) return changed;
  // The run has moved by what was inserted before it.
  const at = blanks + more;
  if (more < 0) return replace(changed, blanks, blanks, new Uint8Array(-more).fill(32));
  return replace(changed, at, at + more, new Uint8Array(0));
}

const CHANGES = [setByte, flipBit, remove, repeat, insertBytes, setInteger, setNumber];

/** Applies one to eight changes to an input, including words, and pieces of another input. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly string[],
  draw: Draw,
): Uint8Array {
  let changed = input;
  for (let left = draw(2) === 0 ? 1 : 1 + draw(8); left > 0; left--) {
    const kind = draw(CHANGES.length + 4);
    if (kind < CHANGES.length) changed = changed.length === 0 ? changed : CHANGES[kind]!(changed, draw);
    else if (kind === CHANGES.length) changed = changeElement(changed, other, draw);
    else if (kind > CHANGES.length + 1 || words.length === 0) changed = splice(changed, other, draw);
    else changed = putWord(changed, pick(words, draw), draw);
  }
  return changed.subarray(0, MOST_BYTES);
}

/** A piece of another input in the midst, or its end in place of the input's own. */
function splice(input: Uint8Array, other: Uint8Array, draw: Draw): Uint8Array {
  if (other.length === 0) return input;
  const at = draw(input.length + 1);
  if (draw(2) === 0) return replace(input, at, at, other.subarray(...drawRange(other, draw)));
  return replace(input, at, input.length, other.subarray(draw(2) === 0 ? at : draw(other.length)));
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
  // Not slice, which for a Buffer is the same memory.
  const copy = new Uint8Array(input);
  change(copy);
  return copy;
}
