/**
 * Shows that the fuzzer finds faults: plants one after the other in the built code, searches until it is found, and prints how long that
 * took. Fails if one is not found in time. node dist/scripts/torture/fuzz/planted.js [--seconds N] [--seed N] [NUMBER …]
 */
import { parseArgs } from 'node:util';
import { renderTable } from '../../../src/report/table.js';
import { type Fault, instrumentBuild } from './instrument.js';
import { search } from './supervise.js';

interface Planted extends Fault {
  target: string;
  what: string;
}

const PLANTED: readonly Planted[] = [
  {
    ...{ target: 'idx', what: 'an IDX file may be longer than it says' },
    ...{ file: 'src/data/images/idx', from: 'expected === reader.limit', to: 'expected <= reader.limit + 1' },
  },
  {
    ...{ target: 'npy', what: 'a size below 0 is a shape' },
    ...{
      file: 'src/data/arrays/npy',
      from: 'Number.isSafeInteger(size) && size >= 0',
      to: 'Number.isSafeInteger(size)',
    },
  },
  {
    ...{ target: 'npy', what: 'one byte too few is accepted' },
    ...{
      file: 'src/data/arrays/npy',
      from: 'if (got !== expected)',
      to: 'if (got < expected - 1 || got > expected)',
    },
  },
  {
    ...{ target: 'libsvm', what: 'an index may come twice' },
    ...{ file: 'src/data/arrays/libsvm', from: 'if (index <= before)', to: 'if (index < before)' },
  },
  {
    ...{ target: 'cell', what: '16 digits count as exact' },
    ...{ file: 'src/data/table/number-text', from: 'const EXACT_DIGITS = 15', to: 'const EXACT_DIGITS = 17' },
  },
  {
    ...{ target: 'cell', what: 'the sign of a short number is lost' },
    ...{
      file: 'src/data/table/number-text',
      from: 'return negative ? -value : value;',
      to: 'return negative && digits > 2 ? -value : value;',
    },
  },
  {
    ...{ target: 'date', what: 'the sign of a zone is turned around' },
    ...{ file: 'src/data/table/date', from: "sign === '-' ? -1 : 1", to: "sign === '-' ? 1 : -1" },
  },
  {
    ...{ target: 'json-row', what: 'a backslash at the end of a string hides its quote' },
    ...{ file: 'src/data/table/json-row', from: "text[at] === '\\\\' ? 2 : 1", to: '1' },
  },
  {
    ...{ target: 'space', what: 'a range may end where it begins' },
    ...{ file: 'src/config/space', from: 'if (low >= high ||', to: 'if (low > high ||' },
  },
  {
    ...{ target: 'cache', what: 'the checksum of a block is not compared' },
    ...{
      file: 'src/store/cache/read',
      from: 'if (this.#buffer.sum(0, bytes.length) === this.#sums[firstSum + block])',
      to: 'if (this.#sums[firstSum + block] !== 0)',
    },
  },
  {
    ...{ target: 'safetensors', what: 'tensors may overlap' },
    ...{ file: 'src/store/safetensors', from: 'if (begin !== covered)', to: 'if (begin > covered)' },
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
});
const chosen = positionals.length > 0 ? positionals.map(number => PLANTED[Number(number) - 1]!) : PLANTED;
const lines: string[][] = [];
for (const fault of chosen) {
  const { target, what } = fault;
  const path = instrumentBuild(target, fault);
  const begun = performance.now();
  let found: string | null = null;
  await search(
    { path, target, seconds: Number(values.seconds), seed: Number(values.seed) },
    ({ message }) => {
      found ??= `${((performance.now() - begun) / 1000).toFixed(1)} s: ${message.slice(0, 60)}`;
      return false;
    },
  );
  if (found === null) process.exitCode = 1;
  lines.push([String(PLANTED.indexOf(fault) + 1), target, what, found ?? 'NOT FOUND']);
  console.log(lines.at(-1)!.join('  '));
}
console.log(`\n${renderTable(['fault', 'target', 'what is wrong', 'found after'], lines)}`);
