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

/** Fewer are exchanged whole: the second exchange would cost as much as it saves. */
const LEAST_PARAMETERS = 100_000;

/** @throws usage if slices are asked for, and the ranks cannot share the update */
export function chooseExchange(choice: ExchangeChoice, facts: ExchangeFacts): ExchangeName {
  const { network, optimizer, ranks, byShard } = facts;
  if (ranks === 1 || choice === 'whole') return 'whole';
  const reason = searches(optimizer)
    ? `${optimizer.name} needs whole vectors`
    : byShard
      ? null
      : 'batches that are walked by block are not divided';
  if (reason !== null) {
    if (choice === 'auto') return 'whole';
    throw usageError(`${option('exchange', 'slices')}: ${reason}.`, `Try ${option('exchange', 'whole')}.`);
  }
  return choice === 'slices' || countParameters(network) >= LEAST_PARAMETERS ? 'slices' : 'whole';
}
