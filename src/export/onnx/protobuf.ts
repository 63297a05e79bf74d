/**
 * The wire format of protocol buffers, as far as ONNX needs it: a message is a list of fields, each a number, a text, bytes or
 * another message (https://protobuf.dev/programming-guides/encoding/).
 */

export type Part = Uint8Array;

/** A whole number of up to 53 bits; a negative one as 64-bit two's complement. */
export function whole(field: number, value: number): Part {
  return join([varint(field * 8), varint(value)]);
}

export function float(field: number, value: number): Part {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return join([varint(field * 8 + 5), bytes]);
}

export function text(field: number, value: string): Part {
  return bytes(field, new TextEncoder().encode(value));
}

/** A message within another is its bytes. */
export function message(field: number, parts: readonly Part[]): Part {
  return bytes(field, join(parts));
}

export function bytes(field: number, value: Uint8Array): Part {
  return join([varint(field * 8 + 2), varint(value.length), value]);
}

export function join(parts: readonly Part[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const found: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) found.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...found, Number(rest)]);
}
