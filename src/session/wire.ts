/** Plain data as bytes, for what ranks tell each other between segments. */
import { deserialize, serialize } from 'node:v8';
import type { Ranks } from '../ranks/ranks.js';

/** Most messages are not longer, so that one broadcast is enough. */
const USUAL_BYTES = 4096;

export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(serialize(value));
}

export function decode(bytes: Uint8Array): unknown {
  return deserialize(bytes);
}

/** Collective. All ranks get the value of rank 0; what the others give is ignored. @throws failed */
export async function share(ranks: Ranks, value: unknown): Promise<unknown> {
  const bytes = encode(value);
  const first = new Uint8Array(new ArrayBuffer(USUAL_BYTES));
  const length = new Float64Array(first.buffer, 0, 1);
  length[0] = bytes.length;
  const room = USUAL_BYTES - length.byteLength;
  first.set(bytes.subarray(0, room), length.byteLength);
  await ranks.broadcast(first, 0);
  const all = new Uint8Array(new ArrayBuffer(length[0]));
  all.set(first.subarray(length.byteLength, length.byteLength + Math.min(room, all.length)));
  if (all.length <= room) return decode(all);
  const rest = all.subarray(room);
  if (ranks.rank === 0) rest.set(bytes.subarray(room));
  await ranks.broadcast(rest, 0);
  return decode(all);
}
