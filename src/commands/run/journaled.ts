/**
 * How tune and scale work: in a folder with a journal that grows by one line per result, so that the same command resumes
 * after an interruption.
 */
import { join } from 'node:path';
import { removeTemporaries } from '../../store/atomic.js';
import { type Journal, openJournal } from '../../store/journal.js';
import type { Call } from '../line/call.js';
import { say } from '../line/print.js';
import { inRunFolder, whileLocked } from './run-folder.js';

/** A folder, locked, with its journal. */
export interface JournaledFolder<Entry> {
  path: string;
  journal: Journal<Entry>;
}

/** Does work with the folder of --out. @param file the name of the journal */
export function inJournaledFolder<Entry, T>(
  out: string | null,
  file: string,
  work: (folder: JournaledFolder<Entry>) => Promise<T>,
): Promise<T> {
  return inRunFolder(out, false, path =>
    whileLocked(path, async () => {
      await removeTemporaries(path);
      const journal = await openJournal<Entry>(join(path, file));
      try {
        return await work({ path, journal });
      } finally {
        await journal.close();
      }
    }),
  );
}

/** Shows reports and keeps their records in the journal. Returns the result. @throws Interruption */
export async function follow<P extends { record: unknown }, E extends { result: unknown }>(
  reports: AsyncIterable<P | E>,
  progress: { show(report: P): void; stop(): void },
  { path, journal }: JournaledFolder<NonNullable<P['record']>>,
  { signal }: Pick<Call, 'signal'>,
): Promise<NonNullable<E['result']>> {
  const isEnd = (report: P | E): report is E => 'result' in report;
  try {
    for await (const report of reports) {
      if (isEnd(report)) {
        if (report.result === null) break;
        return report.result as NonNullable<E['result']>;
      }
      if (report.record !== null) await journal.append(report.record as NonNullable<P['record']>);
      progress.show(report);
    }
  } finally {
    progress.stop();
  }
  say(`interrupted; the same command with --out ${path} resumes it`);
  throw signal.reason;
}
