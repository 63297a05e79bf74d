/**
 * The roofs of this machine, as a scaling study measures them, beside STREAM's triad and the product of a BLAS, in one run.
 *
 *     node dist/scripts/studies/roofs.js [--seconds 3] [--backends native,wasm,blas] [--worker-counts 1,2]
 *
 * Compiles scripts/studies/stream.c by cc. Prints a line for each backend, worker count and level. The row blas has the same
 * kernels as wasm except for its product, whose peak is the library's. Takes about half a minute.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../src/kernels/kernels.js';
import { readTopology } from '../../src/lab/machine/observe.js';
import { configureStudy } from '../../src/lab/scale/configure.js';
import { runFresh } from '../../src/lab/scale/fresh-process.js';
import { levelsFor } from '../../src/lab/scale/roof-levels.js';
import type { Roofs } from '../../src/lab/scale/scaling-schema.js';
import { renderTable } from '../../src/report/table.js';
import { usableCores } from '../../src/session/cores.js';
import { usableMemory } from '../../src/session/memory.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    backends: { type: 'string', default: 'native,wasm,blas' },
    'worker-counts': { type: 'string', default: `1,${usableCores()}` },
  },
});
const seconds = Number(values.seconds);
const backends = values.backends.split(',') as BackendName[];
const counts = [...new Set(values['worker-counts'].split(',').map(Number))];

const configuration = await configureStudy({ mode: 'strong', backends, workers: counts, seconds });
const folder = mkdtempSync(join(tmpdir(), 'lockstep-stream-'));
const stream = join(folder, 'stream');
try {
  execFileSync('cc', ['-O3', '-march=native', '-pthread', 'scripts/studies/stream.c', '-o', stream]);
  const rows: string[][] = [];
  for (const workers of counts) {
    const levels = levelsFor(readTopology(), workers, usableMemory());
    const peers = new Map(levels.map(({ level, bytes }) => [level, streamRates(workers, bytes)]));
    for (const backend of backends) rows.push(...rowsOf(await roofsOf(backend, workers), peers));
  }
  const heads = ['backend', 'workers', 'roof', 'of backend', 'reading', 'update', 'C update', 'STREAM triad'];
  console.log(renderTable(heads, rows, 3));
} finally {
  rmSync(folder, { recursive: true });
}

interface StreamRates {
  triad: number;
  update: number;
}

/** Of all threads together, each with so many bytes. */
function streamRates(threads: number, bytes: number): StreamRates {
  const words = [String(threads), String(bytes), String(seconds / 10)];
  return JSON.parse(execFileSync(stream, words, { encoding: 'utf8' })) as StreamRates;
}

async function roofsOf(backend: BackendName, workers: number): Promise<Roofs> {
  const measured = await runFresh({ kind: 'roofs', configuration, setup: { backend, workers } }, null);
  return measured!.result;
}

function rowsOf(roofs: Roofs, peers: ReadonlyMap<string, StreamRates>): string[][] {
  const { backend, workers, peakGflops, bandwidths } = roofs;
  const rate = (bytesPerSecond: number) => `${(bytesPerSecond / 1e9).toFixed(1)} GB/s`;
  return [
    [backend, String(workers), 'peak', `${peakGflops.toFixed(1)} GFLOP/s`, '', '', '', ''],
    ...bandwidths.map(({ level, bytesPerSecond, read, update }) => {
      const peer = peers.get(level)!;
      return [
        ...[backend, String(workers), level],
        ...[bytesPerSecond, read, update, peer.update, peer.triad].map(rate),
      ];
    }),
  ];
}
