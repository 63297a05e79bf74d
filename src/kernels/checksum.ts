/**
 * The checksum of blocks of bytes, made for speed: 32 lanes of 32 bits take turns at the words w of a block, each by the
 * round of XXH32 (Y. Collet), s ← rotl(s + w · M₁, 13) · M₂ modulo 2³², then the lanes and the rest are mixed likewise into one
 * number that begins with the count of bytes. A round is a bijection of s for a given w, and of w for a given s. So any change within
 * one word is found for sure, and any other, such as blocks that changed places, unless 32 bits happen to agree. It
 * does not protect against tampering, as anyone can compute it.
 *
 * The WebAssembly kernel reads a memory in place (assembly/checksum.ts); plainChecksum is what it is tested against.
 */
import { compileWasm, instantiate, type WasmBuild } from './wasm.js';

/** Sum of so many bytes from an address on, 0 ≤ sum < 2³². */
export type Checksum = (address: number, bytes: number) => number;

/** The kernel, over a memory. */
export function bindChecksum(build: WasmBuild, memory: WebAssembly.Memory): Checksum {
  const { checksum } = instantiate(build, memory);
  return (address, bytes) => checksum!(address, bytes) >>> 0;
}

const M1 = 0x9e3779b1;
const M2 = 0x85ebca77;
const LANES = 32;

/** The same in plain code. */
export function plainChecksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const roundBytes = 4 * LANES;
  let at = 0;
  for (; at + roundBytes <= bytes.length; at += roundBytes) {
    for (let lane = 0; lane < LANES; lane++) {
      lanes[lane] = mix(lanes[lane]!, view.getUint32(at + 4 * lane, true));
    }
  }
  let sum = lanes.reduce(mix, bytes.length);
  for (; at + 4 <= bytes.length; at += 4) sum = mix(sum, view.getUint32(at, true));
  for (; at < bytes.length; at++) sum = mix(sum, bytes[at]!);
  return sum >>> 0;
}

function mix(sum: number, word: number): number {
  const added = (sum + Math.imul(word, M1)) | 0;
  return Math.imul((added << 13) | (added >>> 19), M2);
}

/** Compiled once, on first use. */
let build: WasmBuild | null = null;

const PAGE_BYTES = 2 ** 16;
const MOST_PAGES = 2 ** 16;

/** Memory for a block of bytes, which grows with the largest. Owns it; a view of it is valid until the next one is asked for. */
export class BlockBuffer {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  readonly #checksum: Checksum;

  constructor() {
    build ??= compileWasm();
    this.#checksum = bindChecksum(build, this.#memory);
  }

  /** The bytes begin ≤ i < end; they keep what was written before. */
  view(begin: number, end: number): Uint8Array {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    return new Uint8Array(this.#memory.buffer, begin, end - begin);
  }

  /** Checksum of the bytes begin ≤ i < end. */
  sum(begin: number, end: number): number {
    return this.#checksum(begin, end - begin);
  }
}
