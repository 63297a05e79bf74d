/** Trains random configurations plainly and in other ways, until two differ, and then looks for the smallest that do. */
import { type Configuration, makeDice, randomConfiguration } from './configuration.js';
import { type Extent, type Outcome, PLAIN, randomWay, runWay, type Way } from './ways.js';

/** Other ways than the plain one that each configuration is trained in. */
const WAYS = 2;
/** Configurations that shrinking takes at most, and those that a way with a signal may take to differ again. */
const SHRINKINGS = 300;
const SIGNAL_TRIES = 5;

export interface Difference {
  number: number;
  way: Way;
  configuration: Configuration;
  plain: Outcome;
  varied: Outcome;
}

export interface Tally {
  configurations: number;
  /** Refused alike; then the option that was refused is left out. */
  refusals: number;
  failures: number;
  /** Compared trainings by way. */
  ways: Record<string, number>;
}

interface Limits {
  seed: number;
  from: number;
  seconds: number;
  count: number;
  /** Most time for making a difference smaller. */
  shrinkSeconds: number;
  machine: { wasm: boolean; avx2: boolean };
  onProgress: (number: number, tally: Tally) => void;
}

/** Returns what was tried, and the first difference, shrunk; null if there was none. */
export async function searchDifference({
  seed,
  from,
  seconds,
  count,
  shrinkSeconds,
  machine,
  onProgress,
}: Limits) {
  const tally: Tally = { configurations: 0, refusals: 0, failures: 0, ways: {} };
  const end = performance.now() + 1000 * seconds;
  for (let number = from; number < from + count && performance.now() < end; number++) {
    onProgress(number, tally);
    tally.configurations++;
    const dice = makeDice(seed, number);
    let configuration: Configuration | null = randomConfiguration(dice);
    while (configuration) {
      const begun = performance.now();
      const plain = await runWay(PLAIN, configuration);
      const extent = extentOf(plain, performance.now() - begun);
      const isRefused = plain.code === 2;
      if (isRefused) tally.refusals++;
      else if (extent.steps === 0) tally.failures++;
      for (let i = 0; i < (isRefused ? 1 : WAYS); i++) {
        const way = randomWay(dice, configuration, extent, machine);
        const varied = await runWay(way, configuration);
        tally.ways[way.name] = (tally.ways[way.name] ?? 0) + 1;
        if (isSame(plain, varied)) continue;
        return {
          tally,
          difference: await shrink({ number, way, configuration, plain, varied }, shrinkSeconds),
        };
      }
      configuration = isRefused ? withoutRefused(configuration, plain) : null;
    }
  }
  return { tally, difference: null };
}

/** Leaves out the option that the error names first; null if it names none. */
function withoutRefused({ data, options }: Configuration, { results }: Outcome): Configuration | null {
  const refused = /--([a-z0-9-]+)/.exec(results)?.[1];
  const left = options.filter(([name]) => name !== refused);
  return left.length < options.length ? { data, options: left } : null;
}

function isSame(a: Outcome, b: Outcome): boolean {
  return a.code === b.code && a.results === b.results;
}

/** How far a training can be varied: shards of the run, steps of its first part, and its time. */
function extentOf({ code, results }: Outcome, milliseconds: number): Extent {
  const figure = (name: string) => Number(new RegExp(`"${name}": (\\d+)`).exec(results)?.[1] ?? 0);
  if (code !== 0 && code !== 5) return { shards: 1, steps: 0, milliseconds };
  const parts = /"(?:fold|member)": 1,/.exec(results);
  const first = parts ? results.slice(parts.index) : results;
  const steps = Number(/"steps": (\d+)/.exec(first)?.[1] ?? 0);
  return { shards: figure('shards'), steps, milliseconds };
}

/** Drops options and halves sizes as long as the two ways still differ. */
async function shrink(found: Difference, seconds: number): Promise<Difference> {
  let best = found;
  let tried = 0;
  const end = performance.now() + 1000 * seconds;
  const mayTry = () => tried < SHRINKINGS && performance.now() < end;
  const tries = found.way.name === 'signal' ? SIGNAL_TRIES : 1;
  const isSmaller = async (configuration: Configuration) => {
    for (let i = 0; i < tries && mayTry(); i++) {
      tried++;
      const plain = await runWay(PLAIN, configuration);
      // Another complaint is another matter: only what was trained before is looked at.
      if (plain.code !== found.plain.code) return false;
      const varied = await runWay(found.way, configuration);
      if (isSame(plain, varied) || varied.code !== found.varied.code) continue;
      best = { ...best, configuration, plain, varied };
      return true;
    }
    return false;
  };
  for (let hasShrunk = true; hasShrunk && mayTry(); ) {
    hasShrunk = false;
    for (const smaller of smallerThan(best.configuration)) {
      hasShrunk = await isSmaller(smaller);
      if (hasShrunk) break;
    }
  }
  return best;
}

/** Configurations without one option, or with one number halved. */
function* smallerThan({ data, options }: Configuration): Generator<Configuration> {
  for (const [i, [name]] of options.entries()) {
    // Without it there are more.
    if (name !== 'epochs') yield { data, options: options.filter((_, k) => k !== i) };
  }
  for (const [i, [name, value]] of options.entries()) {
    for (const smaller of halved(value ?? '')) {
      yield { data, options: options.map((one, k) => (k === i ? [name, smaller] : one)) };
    }
  }
  for (const smaller of halved(data)) yield { data: smaller, options };
}

/** A text with one of its whole numbers halved, the last first. */
function* halved(text: string): Generator<string> {
  for (const match of [...text.matchAll(/(?<![\d.])\d+(?![\d.]*\d)/g)].reverse()) {
    const half = Math.floor(Number(match[0]) / 2);
    if (half >= 1) yield text.slice(0, match.index) + half + text.slice(match.index + match[0].length);
  }
}
