/** --from FOLDER…: what a search takes from earlier ones. A search that is resumed takes it from its own journal. */
import { resolve } from 'node:path';
import { usageError } from '../../errors.js';
import type { TuneRecord } from '../../lab/tune/records.js';
import type { WarmStart } from '../../lab/tune/schema.js';
import { type EarlierSearch, planWarmStart, type Taken, type WarmSearch } from '../../lab/tune/warm-start.js';
import { firstText, leftOutText } from '../../report/tune/words.js';
import { say } from '../line/print.js';
import type { JournaledFolder } from './journaled.js';
import { readSearch } from './study-folder.js';

/**
 * @param from the folders of earlier searches
 * @param folder that of the new search
 * @throws usage if a folder holds no search
 */
export async function warmStartFrom(
  from: readonly string[],
  { path, journal: { records } }: JournaledFolder<TuneRecord>,
  search: WarmSearch,
  { isQuiet }: { isQuiet: boolean },
): Promise<WarmStart | null> {
  if (from.length === 0) return null;
  const [begun] = records;
  // The earlier searches may be gone, or have more results. If others are given, `tune` refuses it.
  if (begun?.type === 'tune' && begun.configuration.warmStart) return begun.configuration.warmStart;
  const earlier = await Promise.all(from.map(folder => readEarlier(folder, path)));
  const { warmStart, taken } = planWarmStart(earlier, search);
  for (const one of taken) tell(one, search, isQuiet);
  return warmStart;
}

async function readEarlier(folder: string, own: string): Promise<EarlierSearch> {
  if (resolve(folder) === resolve(own)) {
    throw usageError(
      `--from ${folder} is the folder of this search, which can't start from itself.`,
      'Give another --out.',
    );
  }
  const found = await readSearch(folder);
  if (found !== null) return { folder, tuning: found.tuning };
  throw usageError(
    `--from ${folder} is not the folder of a search.`,
    `Give what lockstep tune --out was given; lockstep runs ls lists the folders in runs/.`,
  );
}

function tell(taken: Taken, { task }: WarmSearch, isQuiet: boolean): void {
  const leftOut = leftOutText(taken, task);
  if (leftOut !== null) say(`note: ${leftOut}`);
  if (!isQuiet && taken.first.length > 0) say(firstText(taken));
}
