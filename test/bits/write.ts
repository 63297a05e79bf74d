/**
 * Writes the bits of all cases to test/fixtures/bits, for the arithmetic of the Node.js that runs it:
 * `node dist/test/bits/write.js`, on Node.js 20 and on 24. Only for a change that is meant to change bits.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES, COMMON } from './cases.js';
import { COMMANDS, runLines } from './commands.js';
import { writeFiles } from './files.js';
import { writeHashes } from './hashes.js';
import { readLine } from './lines.js';
import { arithmeticOf, BACKENDS, runTraining } from './run.js';

const files = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
try {
  writeFiles(files);
  for (const backend of BACKENDS) {
    const surroundings = { folders: { 'files/': files }, common: COMMON, instead: `--backend ${backend}` };
    const outcomes: Record<string, unknown> = {};
    for (const [name, line] of Object.entries(CASES)) {
      outcomes[name] = await runTraining(readLine(line, surroundings));
    }
    for (const [name, lines] of backend === 'wasm' ? Object.entries(COMMANDS) : []) {
      outcomes[name] = await runLines(lines, files);
    }
    const arithmetic = arithmeticOf(backend);
    writeHashes(arithmetic, outcomes);
    console.log(`${arithmetic}: ${Object.keys(outcomes).length} cases`);
  }
} finally {
  rmSync(files, { recursive: true });
}
