/** Which calls of a command fail, if there are too many for all of them. Pure. */

/**
 * At most so many of these calls, by their numbers: of each different call one, then more, evenly over the run.
 * Calls are different if more than numbers tells them apart.
 */
export function choosePoints(calls: readonly string[], most: number): number[] {
  const groups = new Map<string, number[]>();
  for (const [number, what] of calls.entries()) {
    const shape = shapeOf(what);
    groups.set(shape, [...(groups.get(shape) ?? []), number]);
  }
  const all = [...groups.values()];
  if (all.length >= most) return evenly(all, most).map(([first]) => first!);
  const quotas = all.map(() => 0);
  for (let left = Math.min(most, calls.length); left > 0; ) {
    for (let i = 0; i < all.length && left > 0; i++) {
      if (quotas[i]! === all[i]!.length) continue;
      quotas[i]!++;
      left--;
    }
  }
  return all.flatMap((numbers, i) => evenly(numbers, quotas[i]!)).sort((a, b) => a - b);
}

function evenly<T>(list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => list[Math.floor(((i + 0.5) * list.length) / count)]!);
}

/** What a call does and to which file, without numbers, and without names that are made up. */
function shapeOf(what: string): string {
  return what
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*')
    .replaceAll(/lockstep-\w{6}/g, '*')
    .replaceAll(/\d+/g, '#');
}
