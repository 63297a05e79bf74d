/**
 * Shows that the fuzzer finds faults: plants one after the other in the built code, searches until it is found, and prints how
 * long that took. No seed shows any of them, and no change of a single byte shows any at once. Exits with 1 if one is not found
 * in time.
 *
 *   node dist/scripts/torture/fuzz/planted.js [--seconds 600] [--seeds 1,2,3] [NUMBER …]
 */
import { parseArgs } from 'node:util';
import { renderTable } from '../../../src/report/table.js';
import { type Fault, type Instrumented, instrumentBuild } from './instrument.js';
import { search } from './supervise.js';

interface Planted extends Fault {
  target: string;
  what: string;
}

const PLANTED: readonly Planted[] = [
  {
    target: 'idx',
    what: 'a packed IDX file may be longer than it says',
    file: 'src/data/images/idx',
    from: 'fill(new Uint8Array(1))) > 0',
    to: 'fill(new Uint8Array(1))) > 1',
  },
  {
    target: 'npy',
    what: 'a size below 0 is a shape',
    file: 'src/data/arrays/npy',
    from: 'Number.isSafeInteger(size) && size >= 0',
    to: 'Number.isSafeInteger(size)',
  },
  {
    target: 'npy',
    what: 'elements are counted in 32 bits',
    file: 'src/data/arrays/npy',
    from: 'count * size, 1',
    to: 'Math.imul(count, size), 1',
  },
  {
    target: 'npz',
    what: 'a checksum of 0 counts as none',
    file: 'src/data/spool/zip',
    from: 'if (sum !== entry.crc32)',
    to: 'if (entry.crc32 && sum !== entry.crc32)',
  },
  {
    target: 'arrow',
    what: 'a code may be the number of values',
    file: 'src/data/arrays/arrow',
    from: 'code < values.length',
    to: 'code <= values.length',
  },
  {
    target: 'libsvm',
    what: 'an index may come twice',
    file: 'src/data/arrays/libsvm',
    from: 'if (index <= before)',
    to: 'if (index < before)',
  },
  {
    target: 'cell',
    what: '17 digits count as exact',
    file: 'src/data/table/number-text',
    from: 'const EXACT_DIGITS = 15',
    to: 'const EXACT_DIGITS = 17',
  },
  {
    target: 'cell',
    what: 'a number may have three groups at most',
    file: 'src/data/table/number-text',
    from: "'.': /^\\d{1,3}(?:([,\\s'’_])\\d{3})(?:\\1\\d{3})*",
    to: "'.': /^\\d{1,3}(?:([,\\s'’_])\\d{3})(?:\\1\\d{3})?",
  },
  {
    target: 'date',
    what: 'the minutes of a zone lose their sign',
    file: 'src/data/table/date',
    from: '(Number(hours) * 3600 + Number(minutes) * 60)',
    to: 'Number(hours) * 3600 + Number(minutes) * 60',
  },
  {
    target: 'space',
    what: 'a range may end where it begins',
    file: 'src/config/space',
    from: 'if (low >= high ||',
    to: 'if (low > high ||',
  },
  {
    target: 'cache',
    what: 'a cache of a later format is read',
    file: 'src/store/cache/description',
    from: 'if (format !== FORMAT)',
    to: 'if (format < FORMAT)',
  },
  {
    target: 'safetensors',
    what: 'tensors may overlap',
    file: 'src/store/safetensors',
    from: 'if (begin !== covered)',
    to: 'if (begin > covered)',
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seeds: { type: 'string', default: '1,2,3' } },
});
const seeds = values.seeds.split(',').map(Number);
const chosen = positionals.length > 0 ? positionals.map(number => PLANTED[Number(number) - 1]!) : PLANTED;
const lines: string[][] = [];
for (const fault of chosen) {
  const { target, what } = fault;
  const instrumented = instrumentBuild(target, fault);
  const found: string[] = [];
  for (const seed of seeds) found.push((await find(instrumented, fault, seed)) ?? 'not found');
  if (found.includes('not found')) process.exitCode = 1;
  lines.push([String(PLANTED.indexOf(fault) + 1), target, what, ...found]);
  console.log(lines.at(-1)!.join('  '));
}
const heads = seeds.map(seed => `seed ${seed}`);
console.log(`\n${renderTable(['fault', 'target', 'what is wrong', ...heads], lines)}`);

/** Seconds of the processor and runs until a fault is found; null if it isn't. */
async function find(instrumented: Instrumented, { target }: Planted, seed: number): Promise<string | null> {
  let found: string | null = null;
  await search({ ...instrumented, target, seconds: Number(values.seconds), seed }, ({ runs, seconds }) => {
    found ??= `${seconds.toFixed(1)} s, ${runs.toLocaleString('en')} runs`;
    return false;
  });
  return found;
}
