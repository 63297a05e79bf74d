/**
 * What a search takes from earlier ones: their best points, which are tried first, and the others, which are not drawn again.
 * A point of an earlier search fits if each of its values is one that the new search may draw; an option that it did not
 * draw is drawn as usual. Only values are taken, no weights, so that the data may be another. Pure functions.
 */
import type { Dimension } from '../../config/space.js';
import { Random } from '../../random.js';
import { drawPoint, keyOf, type Trial } from './draw.js';
import type { SearchTask, StartPoint, TrialSummary, Tuning, WarmStart } from './schema.js';

/** An earlier search, finished or not, and what to call it. */
export interface EarlierSearch {
  folder: string;
  tuning: Pick<Tuning, 'configuration' | 'trials'>;
}

/** What became of an earlier search. */
export interface Taken {
  folder: string;
  task: SearchTask;
  /** Its trials with a result, and the numbers of those that are tried first. */
  trials: number;
  first: number[];
  /** Values that are outside the new space, each with the number of trials that are left out for it. */
  misfits: { name: string; value: unknown; trials: number }[];
}

/** The new search. */
export interface WarmSearch {
  space: readonly Dimension[];
  /** Values that all its trials have, by option name. */
  fixed: Readonly<Record<string, unknown>>;
  task: SearchTask;
  seed: number;
  /** Number of its trials. */
  trials: number;
}

/** A third of the trials repeats earlier points: as many as halving with η = 3 keeps, if they are still the best. */
const SHARE = 3;

/** Takes turns among the searches, the best point of each first, as values of different data can't be compared. */
export function planWarmStart(
  earlier: readonly EarlierSearch[],
  search: WarmSearch,
): { warmStart: WarmStart; taken: Taken[] } {
  const fits = earlier.map(one => fitSearch(one, search));
  const points = takeTurns(fits.map(({ points }) => points));
  const count = Math.ceil(search.trials / SHARE);
  const first: StartPoint[] = [];
  const seen: Trial['values'][] = [];
  const keys = new Set<string>();
  for (const { isTried, hasValue, ...point } of points) {
    const key = keyOf(point.values);
    if (keys.has(key)) continue;
    if (hasValue && first.length < count) first.push(point);
    else if (isTried) seen.push(point.values);
    else continue;
    keys.add(key);
  }
  const taken = fits.map(({ found }) => ({
    ...found,
    first: first.filter(({ folder }) => folder === found.folder).map(({ trial }) => trial),
  }));
  return { warmStart: { first, seen }, taken };
}

interface FittingPoint extends StartPoint {
  /** Whether the earlier trial had all its values, none of which was drawn now. */
  isTried: boolean;
  /** Whether the metric had a value at the end. */
  hasValue: boolean;
}

/** The points of a search that fit, the best first, and why others don't. */
function fitSearch({ folder, tuning }: EarlierSearch, search: WarmSearch) {
  const { task, subject } = tuning.configuration;
  const trials = tuning.trials.filter(({ results }) => results.length > 0);
  const found: Omit<Taken, 'first'> = { folder, task, trials: trials.length, misfits: [] };
  const points: FittingPoint[] = [];
  if (task !== search.task) return { found, points };
  const given = (subject.options ?? {}) as Trial['values'];
  for (const trial of [...trials].sort((a, b) => a.place - b.place)) {
    const { number, place, results, values } = trial;
    const misfit = misfitOf(values, search);
    if (misfit !== null) {
      noteMisfit(found.misfits, misfit, values[misfit]);
      continue;
    }
    const known = { ...withinSpace(given, search.space), ...values };
    const point = drawPoint(search.space, new Random(search.seed, 'warm-start', number), known);
    points.push({
      ...{ folder, trial: number, place, values: point },
      isTried: Object.keys(point).every(name => name in known),
      hasValue: results.at(-1)!.value !== null,
    });
  }
  return { found, points };
}

/** The name of an option whose value the new search can't have; null if there is none. */
function misfitOf(values: TrialSummary['values'], { space, fixed }: WarmSearch): string | null {
  const misfit = Object.entries(values).find(([name, value]) => {
    const dimension = space.find(one => one.name === name);
    return dimension ? !contains(dimension, value) : !isSame(fixed[name], value);
  });
  return misfit?.[0] ?? null;
}

function noteMisfit(misfits: Taken['misfits'], name: string, value: unknown): void {
  const same = misfits.find(one => one.name === name && isSame(one.value, value));
  if (same) same.trials++;
  else misfits.push({ name, value, trials: 1 });
}

function withinSpace(values: Trial['values'], space: readonly Dimension[]): Trial['values'] {
  const within = space.filter(dimension => contains(dimension, values[dimension.name]));
  return Object.fromEntries(within.map(({ name }) => [name, values[name]]));
}

/** Whether the values of an option include one. */
function contains(dimension: Dimension, value: unknown): boolean {
  if (dimension.kind === 'choices') return dimension.values.some(one => isSame(one, value));
  const { list, low, high, whole } = dimension;
  const number = list && Array.isArray(value) && value.length === 1 ? value[0] : list ? null : value;
  return (
    typeof number === 'number' && number >= low && number <= high && (!whole || Number.isInteger(number))
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The first of each list, then the second of each, and so on. */
function takeTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(list => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap(list => list.slice(i, i + 1))).flat();
}
