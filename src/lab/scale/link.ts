/** Measures the link between the first and the last rank, by messages of the sizes that steps exchange. */
import { failure } from '../../errors.js';
import { openExchange } from '../../ranks/exchange.js';
import type { Exchange, Ranks } from '../../ranks/ranks.js';
import { MessageWaits } from '../../ranks/wait.js';
import { median } from '../bench/statistics.js';
import type { NetworkLink } from './study-header.js';

const SMALL_BYTES = 8;
const SMALL_TIMES = 200;
const LARGE_TIMES = 9;
/** The time of shorter messages hardly differs from the latency, so nothing can be said of the bandwidth. */
const LEAST_LARGE_BYTES = 2 ** 20;
const PAGE_BYTES = 65_536;
/** Milliseconds after which the other rank is given up. */
const PATIENCE = 60_000;

/**
 * Collective. The time of small messages, sent in both directions at once, gives the latency, that of `bytes`, or of 1 MiB
 * if they are less, the bandwidth of each direction. Returns null if there is only one rank. @throws failed if the other rank does not answer
 */
export async function measureLink(ranks: Ranks, bytes: number): Promise<NetworkLink | null> {
  if (ranks.size === 1) return null;
  return ranks.together(() => {
    const partner = [0, ranks.size - 1].find(rank => rank !== ranks.rank)!;
    if (ranks.rank !== 0 && ranks.rank !== ranks.size - 1) return null;
    const large = Math.max(bytes, LEAST_LARGE_BYTES);
    const pages = Math.ceil((2 * large) / PAGE_BYTES) + 1;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const exchange = openExchange(ranks.handle!, memory);
    const latencySeconds = timeSwaps(exchange, partner, SMALL_BYTES, SMALL_TIMES);
    const seconds = timeSwaps(exchange, partner, large, LARGE_TIMES);
    // On cores that are busy, both are times of naps: at least half is taken for that of the bytes.
    return { latencySeconds, bytesPerSecond: large / Math.max(seconds - latencySeconds, seconds / 2) };
  });
}

/** Median seconds in which so many bytes go in both directions, after one that is not counted. */
function timeSwaps(exchange: Exchange, partner: number, bytes: number, times: number): number {
  const taken: number[] = [];
  const waits = new MessageWaits(exchange);
  for (let i = 0; i <= times; i++) {
    const begun = performance.now();
    exchange.receive(partner, 0, bytes, 0);
    exchange.send(partner, bytes, bytes, 0);
    waits.untilDone(naps => {
      if (naps > 0 && performance.now() - begun > PATIENCE) {
        throw failure(`no message from rank ${partner} for ${PATIENCE / 1000} s.`);
      }
    });
    if (i > 0) taken.push((performance.now() - begun) / 1000);
  }
  return median(taken);
}
