/**
 * Whether several ranks share the update of a step. If not, each gets the whole gradient of all others and updates all weights.
 * If they do, each gets the gradient of its slice of the weights, updates that, and sends it to the others: less is sent, and
 * nothing is computed twice, but a step has two exchanges instead of one. The bits are the same. Pure.
 */
import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import { countParameters, type Network } from './network.js';
import { type Optimizer, searches } from './optimizer.js';

export const EXCHANGES = ['whole', 'slices'] as const;
export type ExchangeName = (typeof EXCHANGES)[number];
/** auto: whichever is faster for the network and the number of ranks. */
export type ExchangeChoice = 'auto' | ExchangeName;

interface ExchangeFacts {
  network: Network;
  optimizer: Optimizer;
  ranks: number;
  /** Whether all batches are walked by shard. */
  byShard: boolean;
}

/**
 * Fewest parameters with which slices are faster. A second exchange costs about 10 µs in shared memory, and up to 50 µs over
 * TCP. Two ranks send as much either way, so slices only save half of the update, 0.15 ns a parameter; more ranks also send less.
 * Measured on 2 cores by `lockstep bench` and bench/exchange.ts, µs of whole and slices: three ranks in shared memory, 131
 * parameters 29 and 42, 6,402 81 and 61, 101,770 384 and 199; over TCP, 23,860 725 and 288, 101,770 2,245 and 1,093.
 */
const LEAST_FOR_TWO_RANKS = 300_000;
const LEAST_FOR_MORE = 5_000;

/** @throws usage if slices are asked for, and the ranks cannot share the update */
export function chooseExchange(choice: ExchangeChoice, facts: ExchangeFacts): ExchangeName {
  const { network, optimizer, ranks, byShard } = facts;
  if (ranks === 1 || choice === 'whole') return 'whole';
  if (searches(optimizer) || !byShard) {
    if (choice === 'auto') return 'whole';
    const whole = option('exchange', 'whole');
    const [reason, hint] = byShard
      ? [`${optimizer.name} needs whole vectors`, `Try ${whole}.`]
      : ['batches that are walked by block are not divided', `Try ${option('walk', 'shard')}, or ${whole}.`];
    throw usageError(`${option('exchange', 'slices')}: ${reason}.`, hint);
  }
  const least = ranks === 2 ? LEAST_FOR_TWO_RANKS : LEAST_FOR_MORE;
  return choice === 'slices' || countParameters(network) >= least ? 'slices' : 'whole';
}
