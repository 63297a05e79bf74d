/** Shared by the studies in this folder: measures into a folder and resumes if interrupted. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openJournal,
  type Study,
  type StudyOptions,
  type StudyRecord,
  study,
  studyCsv,
  studyPage,
  studyText,
} from '../../src/library/lab.js';

/**
 * Measures what is missing in the folder, writes study.json, study.csv and report.html to it, and prints the
 * tables.
 */
export async function runStudy(options: StudyOptions, folder: string): Promise<Study> {
  await mkdir(folder, { recursive: true });
  const journal = await openJournal<StudyRecord>(join(folder, 'samples.jsonl'));
  const command = ['node', ...process.argv.slice(1)].join(' ');
  let result: Study | null = null;
  for await (const report of study(options, { command, records: journal.records })) {
    if (report.type === 'end') {
      result = report.result;
    } else {
      if (report.record !== null) await journal.append(report.record);
      process.stderr.write(`\r${report.done} of ${report.total} measurements `);
    }
  }
  await journal.close();
  // Only a signal ends a study before it is whole, and none was given.
  return finish(result!, folder);
}

async function finish(result: Study, folder: string): Promise<Study> {
  await writeFile(join(folder, 'study.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(join(folder, 'study.csv'), studyCsv(result));
  await writeFile(join(folder, 'report.html'), studyPage(result));
  process.stderr.write('\n');
  process.stdout.write(`${studyText(result)}\n`);
  return result;
}
