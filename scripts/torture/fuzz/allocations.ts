/**
 * Sums the memory that a run requests by a count: new Float32Array(n) and the like. Counts requests whether
 * or not they succeed.
 */

export const COUNTED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Uint8Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
] as const;

type Constructor = (new (size: unknown) => object) & { BYTES_PER_ELEMENT?: number };

/** Starts counting. Returns a function that returns the bytes requested since its last call. */
export function countAllocations(): () => number {
  let bytes = 0;
  const room = globalThis as unknown as Record<string, Constructor>;
  for (const name of COUNTED) {
    const original = room[name]!;
    const width = original.BYTES_PER_ELEMENT ?? 1;
    room[name] = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') bytes += args[0] * width;
        return Reflect.construct(target, args, newTarget);
      },
    });
  }
  return () => {
    const taken = bytes;
    bytes = 0;
    return taken;
  };
}
