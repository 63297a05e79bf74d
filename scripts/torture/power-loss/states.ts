/**
 * The states in which a power loss may leave a disk. A name that changed since its folder was synced may be the old or the
 * new one; of a write since its file was synced, all, none or some sectors may be there. All states are tried if they are few;
 * otherwise the two in which nothing and everything is there, those in which one change is missing or alone, and some by chance.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, changed, type Entry, type File, type Folder, type Naming, setNames } from './disk.js';

/** What is on the disk: the bytes of each file, null for a folder, by path. */
export type State = Map<string, Uint8Array | null>;

/** Something that may be on the disk or not: in `ways` ways, of which 0 is not at all and 1 is the whole. */
interface Open {
  of: Naming | Change;
  ways: number;
}

/** Sectors of disks. */
const SECTORS = [512, 4096];
/** Ways of a write that spans several sectors: none, whole, only its length, and cut at a sector from either side. */
const WRITE_WAYS = 3 + 2 * SECTORS.length;

/** At most this many states at a point are all tried. */
const FEW = 256;

/** The state of each choice, at one point of the run. `chosen` of them are by chance. */
export function* statesOf(root: Folder, random: () => number, chosen: number): Generator<State> {
  const open = openOf(root);
  for (const choice of choices(open, random, chosen)) {
    const ways = new Map<Open['of'], number>(open.map(({ of }, i) => [of, choice[i]!]));
    yield stateOf(root, of => ways.get(of) ?? 1);
  }
}

function openOf(entry: Entry, seen = new Set<Entry>()): Open[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  if (entry.kind === 'file') return entry.pending.map(of => ({ of, ways: waysOf(of) }));
  const inside = [...entry.safe.values(), ...entry.pending.flatMap(naming => naming.map(one => one.entry))];
  const names = entry.pending.map(of => ({ of, ways: 2 }));
  return [...names, ...inside.flatMap(one => (one === null ? [] : openOf(one, seen)))];
}

function waysOf(change: Change): number {
  return change.kind === 'length' || change.data.length === 0 ? 2 : WRITE_WAYS;
}

function* choices(open: readonly Open[], random: () => number, chosen: number): Generator<number[]> {
  const count = open.reduce((product, { ways }) => Math.min(FEW + 1, product * ways), 1);
  if (count <= FEW) {
    for (let number = 0; number < count; number++) {
      let rest = number;
      yield open.map(({ ways }) => {
        const way = rest % ways;
        rest = Math.floor(rest / ways);
        return way;
      });
    }
    return;
  }
  yield open.map(() => 0);
  yield open.map(() => 1);
  for (let one = 0; one < open.length; one++) {
    yield open.map((_, i) => (i === one ? 1 : 0));
    yield open.map((_, i) => (i < one ? 1 : 0));
    for (let way = 0; way < open[one]!.ways; way++)
      if (way !== 1) yield open.map((_, i) => (i === one ? way : 1));
  }
  for (let i = 0; i < chosen; i++) yield open.map(({ ways }) => Math.floor(random() * ways));
}

function stateOf(root: Folder, wayOf: (of: Open['of']) => number): State {
  const state: State = new Map();
  const add = (path: string, entry: Entry): void => {
    if (entry.kind === 'file') {
      state.set(path, bytesOf(entry, wayOf));
      return;
    }
    if (path !== '') state.set(path, null);
    const names = new Map(entry.safe);
    for (const naming of entry.pending) if (wayOf(naming) === 1) setNames(names, naming);
    for (const [name, inside] of names) add(join(path, name), inside);
  };
  add('', root);
  return state;
}

function bytesOf(file: File, wayOf: (of: Change) => number): Uint8Array {
  return changed(
    file.safe,
    file.pending.flatMap(change => partOf(change, wayOf(change))),
  );
}

/** What a way of a write leaves of it. */
function partOf(change: Change, way: number): Change[] {
  if (way === 0) return [];
  if (way === 1 || change.kind === 'length') return [change];
  const { at, data } = change;
  const end = at + data.length;
  // The file has its length, but what was there before is not overwritten.
  const grown: Change = { kind: 'write', at: end, data: new Uint8Array(0) };
  if (way === 2) return [grown];
  const sector = SECTORS[(way - 3) >> 1]!;
  // The first boundary between sectors after the middle; a write within one sector is cut nowhere.
  const cut = Math.ceil((at + data.length / 2) / sector) * sector - at;
  if (cut >= data.length) return [grown];
  if (way % 2 === 1) return [{ kind: 'write', at, data: data.subarray(0, cut) }];
  return [{ kind: 'write', at: at + cut, data: data.subarray(cut) }];
}

/** The same for the same state. */
export function keyOf(state: State): string {
  const hash = createHash('sha1');
  for (const path of [...state.keys()].sort()) hash.update(`\0${path}\0`).update(state.get(path) ?? 'folder');
  return hash.digest('hex');
}

/** Writes a state into an empty folder. */
export function writeState(state: State, folder: string): void {
  for (const [path, bytes] of state) {
    if (bytes === null) mkdirSync(join(folder, path), { recursive: true });
    else writeFileSync(join(folder, path), bytes);
  }
}
