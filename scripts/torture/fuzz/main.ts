/**
 * Searches for inputs that a parser neither reads nor refuses, guided by coverage and comparisons, for so many seconds of the
 * processor. See README.md.
 *
 *   npm run fuzz -- TARGET [--seconds 60] [--seed 1]
 *
 * Findings are written to fuzz-findings/, one file each. Exits with 1 if there are any.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instrumentBuild } from './instrument.js';
import { search } from './supervise.js';
import { TARGETS } from './targets.js';

const FINDINGS = 'fuzz-findings';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const [name = ''] = positionals;
const seconds = Number(values.seconds);
if (!Object.hasOwn(TARGETS, name) || !(seconds > 0)) {
  console.error(
    `npm run fuzz -- TARGET --seconds N: expected TARGET to be ${Object.keys(TARGETS).join(', ')}.`,
  );
  process.exit(2);
}

let findings = 0;
const begun = performance.now();
const setup = { ...instrumentBuild(name), target: name, seconds, seed: Number(values.seed) };
const searched = await search(setup, ({ message, stack, input }) => {
  findings++;
  mkdirSync(FINDINGS, { recursive: true });
  const path = join(FINDINGS, `${name}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
  writeFileSync(path, input);
  console.log(`${path}: ${message}\n${stack}\n`);
  return true;
});
if (searched) {
  const { runs, kept, reached } = searched;
  const took = (performance.now() - begun) / 1000;
  console.log(
    `${name}: ${runs} runs in ${took.toFixed(0)} s, ${kept} inputs kept, ` +
      `${reached} branches reached, ${findings} findings.`,
  );
}
process.exitCode = findings > 0 ? 1 : 0;
