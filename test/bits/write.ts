/**
 * Writes the bits of all cases to test/fixtures/bits, for the arithmetic of the Node.js that runs it:
 * `node dist/test/bits/write.js`, on Node.js 20 and on 24. Only for a change that is meant to change bits.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES } from './cases.js';
import { writeFiles } from './files.js';
import { writeHashes } from './hashes.js';
import { arithmeticOf, runCase } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
try {
  writeFiles(folder);
  for (const backend of ['wasm', 'reference'] as const) {
    const outcomes: Record<string, unknown> = {};
    for (const [name, line] of Object.entries(CASES))
      outcomes[name] = await runCase(line, { folder, backend });
    writeHashes(arithmeticOf(backend), outcomes);
    console.log(`${arithmeticOf(backend)}: ${Object.keys(outcomes).length} cases`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
