/**
 * Predicts how well steps divide among hosts like this one, for networks between them of several speeds.
 *
 *     node dist/scripts/studies/hosts.js [--seconds 1] [--write]
 *
 * Measures steps of this machine, with all its cores, at several batch sizes. A host of R has a step of the R-th part of the
 * batch, and the exchange of a scaling study's projection, which takes as many shards as hosts. Prints a table for each network: the efficiency T(B) / (R · T_R(B)) by
 * batch size, and the smallest batch that keeps 95 %. With --write it puts them into docs/several-machines.md, between the marks.
 * Takes about a minute.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { exchangeSeconds } from '../../src/lab/scale/projection.js';
import type { NetworkLink } from '../../src/lab/scale/study-header.js';
import { bench } from '../../src/library/lab.js';
import { countParameters } from '../../src/model/network.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { chooseExchange } from '../../src/model/sharing.js';
import { formatCount } from '../../src/report/format.js';
import { usableCores } from '../../src/session/cores.js';
import { networkFor } from '../../src/train/make-network.js';
import { keepBetweenMarks } from '../tools/marks.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
});

const NETWORKS = [
  [784, 128, 10],
  [784, 1024, 1024, 1024, 10],
];
const HOSTS = [2, 8, 64, 256];
/** TCP for the first two, a cluster's network for the last; of the bandwidth, headers take 5 %. */
const LINKS = [
  { gigabits: 10, latencySeconds: 30e-6 },
  { gigabits: 25, latencySeconds: 30e-6 },
  { gigabits: 100, latencySeconds: 5e-6 },
];
const SHOWN = [1024, 8192, 65_536, 524_288];
/** Rows whose steps are measured. Beyond the last, a step takes time in proportion. */
const MEASURED = [16, 64, 256, 1024, 4096];
const AIM = 0.95;
const MOST_ROWS = 2 ** 30;

/** Seconds of a step of so many rows on one host. */
type StepTime = (rows: number) => number;

/** Measures, and interpolates between on a log scale. */
async function measureSteps(layers: number[]): Promise<StepTime> {
  const times: number[] = [];
  for (const batchSize of MEASURED) {
    const { stepSeconds } = await bench({
      ...{ layers, batchSize, rows: Math.max(batchSize, 4096) },
      ...{ walk: 'shard', seconds: Number(values.seconds) },
    });
    times.push(stepSeconds.median);
  }
  return rows => {
    const last = MEASURED.length - 1;
    if (rows >= MEASURED[last]!) return (times[last]! * rows) / MEASURED[last]!;
    const i = Math.max(
      1,
      MEASURED.findIndex(measured => measured > rows),
    );
    const [low, high] = [MEASURED[i - 1]!, MEASURED[i]!];
    const part = Math.log(rows / low) / Math.log(high / low);
    return times[i - 1]! * (times[i]! / times[i - 1]!) ** Math.max(part, 0);
  };
}

/** Of hosts with a batch of so many rows in all; null if a host would have less than a row. */
function efficiency(time: StepTime, hosts: number, rows: number, exchange: number): number | null {
  if (rows < hosts) return null;
  return time(rows) / (hosts * (time(rows / hosts) + exchange));
}

/** The smallest power of two that keeps the aim; null if none does. */
function smallestBatch(time: StepTime, hosts: number, exchange: number): number | null {
  for (let rows = hosts; rows <= MOST_ROWS; rows *= 2) {
    if ((efficiency(time, hosts, rows, exchange) ?? 0) >= AIM) return rows;
  }
  return null;
}

function tableOf(layers: number[], time: StepTime): string {
  const network = networkFor(layers, 'relu', 'multiclass');
  const parameters = countParameters(network);
  const chosen = { network, optimizer: PLAIN_DESCENT, byShard: true };
  const rows = HOSTS.flatMap(hosts => {
    const exchange = chooseExchange('auto', { ...chosen, ranks: hosts });
    return LINKS.map(({ gigabits, latencySeconds }) => {
      const link: NetworkLink = { bytesPerSecond: (0.95 * gigabits * 1e9) / 8, latencySeconds };
      const seconds = exchangeSeconds(link, hosts, { bytes: 4 * parameters, subtrees: 1, exchange });
      const shares = SHOWN.map(batch => efficiency(time, hosts, batch, seconds));
      const least = smallestBatch(time, hosts, seconds);
      return [
        ...[String(hosts), `${gigabits} Gb/s`, `${(1000 * seconds).toPrecision(2)} ms`],
        ...shares.map(share => (share === null ? '–' : `${Math.round(100 * share)} %`)),
        least === null ? '–' : formatCount(least),
      ];
    });
  });
  const heads = ['hosts', 'link', 'exchange', ...SHOWN.map(formatCount), '95 % from'];
  const lines = [heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
  const rate = SHOWN[1]! / time(SHOWN[1]!);
  return [
    `**${layers.join(',')}**, ${formatCount(parameters)} parameters; one host: ${formatCount(rate)} rows per second`,
    '',
    ...lines,
  ].join('\n');
}

const tables: string[] = [];
for (const layers of NETWORKS) tables.push(tableOf(layers, await measureSteps(layers)));
const host = `${cpus()[0]!.model.trim()}, ${usableCores()} cores`;
const measured = `Hosts of the measurement: ${host}. Interpolated from measurements: one or two per cent are noise.`;
const text = [measured, ...tables].join('\n\n');
if (values.write) {
  const place = { page: 'docs/several-machines.md', mark: 'hosts', script: 'dist/scripts/studies/hosts.js' };
  keepBetweenMarks({ ...place, mode: '--write', text });
} else {
  console.log(text);
}
