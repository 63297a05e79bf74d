/** Describes the state of a world. Threads with the same role are sorted: states that differ by their places are one state. */
import { Describer } from './state-key.js';
import type { Thread, World } from './world.js';

export function keyOf(world: World, cells: readonly number[][]): string {
  const own = new Map(world.threads.map(thread => [thread, world.describe(thread)]));
  const order = sorted(world, own);
  const place = new Map(order.map((thread, i) => [thread, i]));
  const describer = new Describer(world.constants, world.ignored);
  for (const thread of order) describer.add(own.get(thread));
  describer.add(world.waiters.map(({ thread, region, index }) => [place.get(thread), region, index]));
  const groups = placesOf(world.threads, order);
  for (const [name, note] of Object.entries(world.notes)) {
    describer.add(
      name.startsWith('of') && groups.length > 0 ? groups.map(i => (note as unknown[])[i]) : note,
    );
  }
  describer.add([world.allowed.kills, world.now]);
  const readers = order.map(({ bit }) => bit);
  return `${describer.text}|${world.memory.describe(cellsBy(cells, groups), bitsBy(world.threads, order), readers)}`;
}

/** Threads in an order that does not depend on the places of those with the same role. */
function sorted({ threads, notes }: World, own: ReadonlyMap<Thread, number>): Thread[] {
  const rank = new Map<Thread, string>();
  for (const [i, thread] of threads.entries()) {
    const place = threads.filter(({ role }, j) => j < i && role === thread.role).length;
    const noted = Object.entries(notes).map(([name, note]) =>
      name.startsWith('of') ? (note as unknown[])[place] : '',
    );
    rank.set(thread, `${own.get(thread)} ${JSON.stringify(noted)}`);
  }
  const result = [...threads];
  for (const role of new Set(threads.flatMap(thread => thread.role ?? []))) {
    const places = threads.flatMap((thread, i) => (thread.role === role ? i : []));
    const group = places.map(i => threads[i]!).sort((a, b) => (rank.get(a)! < rank.get(b)! ? -1 : 1));
    for (const [k, i] of places.entries()) result[i] = group[k]!;
  }
  return result;
}

/** For each place of a role, the place of the thread that comes there: of the first role alone. */
function placesOf(threads: readonly Thread[], order: readonly Thread[]): number[] {
  const role = threads.findLast(thread => thread.role !== null)?.role;
  const group = threads.filter(thread => thread.role === role && role !== undefined);
  return order.filter(thread => group.includes(thread)).map(thread => group.indexOf(thread));
}

/** @param cells of each thread of the role */
function cellsBy(cells: readonly number[][], groups: readonly number[]): (cell: number) => number {
  const to = new Map<number, number>();
  for (const [i, from] of groups.entries()) {
    for (const [k, cell] of (cells[i] ?? []).entries()) to.set(cell, cells[from]![k]!);
  }
  return cell => to.get(cell) ?? cell;
}

function bitsBy(threads: readonly Thread[], order: readonly Thread[]): (bits: number) => number {
  const moved = threads.flatMap((thread, i) =>
    order[i] === thread ? [] : [{ from: order[i]!.bit, to: thread.bit }],
  );
  if (moved.length === 0) return bits => bits;
  const all = moved.reduce((sum, { from }) => sum | from, 0);
  return bits => {
    if (bits === -1 || bits === 0) return bits;
    let result = bits & ~all;
    for (const { from, to } of moved) if (bits & from) result |= to;
    return result;
  };
}
