/** The folder of a run, as the files in it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunFiles } from '../../src/store/read-run.js';

/** Writes the files to a new folder, and returns its path. */
export function writeRun({ config, metrics, summary }: RunFiles): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'metrics.jsonl'), metrics.map(record => `${JSON.stringify(record)}\n`).join(''));
  if (summary) writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary));
  return folder;
}
