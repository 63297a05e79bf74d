/**
 * Mutations of what JSON, YAML and Python's literals have in common: elements between commas, nested in brackets.
 * An element is doubled with another name, removed, moved, or taken from another input, so that the rest stays
 * well-formed. Pure.
 */
import { type Draw, pick, replace } from './bytes.js';

/** The begin and end of each element: between a bracket or comma, and the next one of the same level. */
export function elementsOf(input: Uint8Array): [number, number][] {
  const elements: [number, number][] = [];
  const begins: number[] = [];
  let quote = 0;
  for (const [at, byte] of input.entries()) {
    const letter = String.fromCharCode(byte);
    if (quote !== 0) {
      if (byte === quote && input[at - 1] !== BACKSLASH) quote = 0;
    } else if (letter === '"' || letter === "'") quote = byte;
    else if ('[{('.includes(letter)) begins.push(at + 1);
    else if (begins.length > 0 && ',]})'.includes(letter)) {
      const begin = begins.pop()!;
      if (begin < at) elements.push([begin, at]);
      if (letter === ',') begins.push(at + 1);
    }
  }
  return elements;
}

const BACKSLASH = 92;
const COMMA = 44;

/** Doubles, removes, moves or replaces an element; the input itself if it has none. */
export function changeElement(input: Uint8Array, other: Uint8Array, draw: Draw): Uint8Array {
  const elements = elementsOf(input);
  if (elements.length === 0) return input;
  const [from, to] = pick(elements, draw);
  const piece = input.subarray(from, to);
  const [begin, end] = pick(elements, draw);
  switch (draw(5)) {
    case 0:
      return replace(input, to, to, Uint8Array.from([COMMA, ...rename(piece, draw)]));
    case 1:
      return replace(input, from, input[to] === COMMA ? to + 1 : to, new Uint8Array(0));
    case 2:
      return replace(input, begin, begin, Uint8Array.from([...piece, COMMA]));
    case 3:
      return replace(input, begin, end, piece);
    default: {
      const others = elementsOf(other);
      if (others.length === 0) return input;
      return replace(input, from, to, other.subarray(...pick(others, draw)));
    }
  }
}

/** With another letter in its first text, which is its name if it has one. */
function rename(piece: Uint8Array, draw: Draw): Uint8Array {
  const quoted = piece.findIndex(byte => byte === 34 || byte === 39);
  if (quoted < 0 || quoted + 1 >= piece.length || draw(4) === 0) return piece;
  return replace(piece, quoted + 1, quoted + 1, Uint8Array.of(97 + draw(26)));
}
