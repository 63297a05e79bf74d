/**
 * The number of the rules that a training follows beside its options: how rows are ordered, split and dealt into folds, in
 * which order sums are added, and by which formulas functions are computed. It is kept in checkpoints and in a run's
 * config.json, since a training resumed by other rules would have neither the bits of the old ones nor of the new.
 *
 *   1 (not written)   Fisher–Yates shuffles; sums over shards in their order, a shard a worker by default
 *   2                 keyed orders (docs/method.md, "Order of rows"); sums by a tree, shards by the batch alone
 *   3                 tanh to 2 units in the last place
 *   4                 rows of more than 1 GiB in windows of 256 MiB, no longer 1 GiB
 */
import { failure } from '../errors.js';
import { option } from '../option-names.js';
import { brief } from './brief.js';

export const RULES = 4;

/**
 * @param rules of a checkpoint or a config.json
 * @param where the file's name, for the message
 * @throws failed if they are not those of this build
 */
export function checkRules(rules: unknown, where: string): void {
  if (rules === RULES) return;
  throw failure(
    `${where}: expected the rules of this build for orders, sums and formulas (rules: ${RULES}), got those of another (rules: ${brief(rules ?? 1)}).`,
    `Resume it with the build that began it, or begin a new run, from these weights with ${option('init')}.`,
  );
}
