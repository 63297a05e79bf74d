/**
 * A pass over a batch as data: the list of its operations with their places in the arena, including barriers, just as
 * plan.ts lists the memory. Pure functions of the configuration and the worker. workers/run-pass.ts runs the list, the
 * coordinator runs its own (threads/coordinator.ts), and `lockstep info MODEL --pass` prints it.
 *
 * A step is two passes: the gradient pass, after which E is known, and the update pass. All parties meet after each. By
 * shard, the first leaves a few sums of gradients per worker (folding.ts), and with several ranks those of all ranks; in the
 * second, each worker sums a slice of them and updates its weights; ranks that share the update then spread their slices. By block (walk.ts), the workers go through the layers together, with a barrier between any two,
 * and the backward pass is part of the update pass: a worker updates a block while it is in cache, as no other worker
 * still reads it.
 */
import type { Operation } from './operations.js';
import { entryOf } from './plan.js';
import { type RowFacts, RowOperations } from './row-operations.js';
import { partOf, type Range } from './shards.js';
import {
  needsWholeGradient,
  ownSlice,
  rankOperations,
  rankSlices,
  spreadOperations,
  squaresOperations,
  type UpdateFacts,
  updateOperations,
  updateSlice,
} from './update-operations.js';
import { type Block, blocksOf, columnsOf } from './walk.js';

/**
 * The rows that operations run over: the micro-batches of the worker's shards, one after the other in its own scratch; or,
 * in the scratch of the batch, the worker's part of the rows, each of its shards, or all rows at once.
 */
export type Over = 'micro-batches' | 'part' | 'shards' | 'batch';

export interface Section {
  over: Over;
  operations: readonly Operation[];
}

export type Pass = readonly Section[];

export interface StepPasses {
  gradient: Pass;
  update: Pass;
}

/** What the passes of a step depend on. */
export interface PassFacts extends Omit<RowFacts, 'scratch' | 'hasGradients'>, UpdateFacts {
  byBlock: boolean;
  /** Whether the coordinator does the update, and not the workers. */
  coordinates: boolean;
}

const BARRIER: Operation = { kind: 'barrier' };

/** The passes of one worker. */
export function stepPasses(facts: PassFacts, worker: number): StepPasses {
  return facts.byBlock ? passesByBlock(facts, worker) : passesByShard(facts, worker);
}

function passesByShard(facts: PassFacts, worker: number): StepPasses {
  const { noiseScale, coordinates, workers, ranks, sharing } = facts;
  const rows = new RowOperations({ ...facts, scratch: `scratch${worker}`, hasGradients: true });
  const operations = [
    { kind: 'clear' } as const,
    ...rows.gather(),
    ...rows.forward(),
    rows.loss(),
    ...rows.backward(`worker${worker}/folds`),
  ];
  if (noiseScale) operations.push(rows.rowNorms([...rows.layers.keys()], false));
  const note: [Over, Operation[]] = ['micro-batches', noiseScale ? [{ kind: 'note row norms' }] : []];
  const own = coordinates ? [] : sliceOperations(facts, ownSlice(facts, worker));
  const update: [Over, Operation[]] = ['batch', [...own, ...spreadOperations(facts)]];
  if (ranks === 1) return { gradient: listOf(['micro-batches', operations]), update: listOf(note, update) };
  const part = updateSlice(facts, workers, worker);
  const joins = rankOperations(facts, part, entryOf(facts.plan, 'gw0/1').offset);
  const slices = sharing && rankSlices(facts, sharing);
  const gradient = listOf(['micro-batches', operations], ['batch', [BARRIER]], note, [
    'batch',
    [...joins, BARRIER, { kind: 'exchange', isDivided: true, slices }],
  ]);
  return { gradient, update: listOf(update) };
}

/** Update of a slice whose gradient is in the slabs. */
function sliceOperations(facts: PassFacts, slice: Range): Operation[] {
  const gw = entryOf(facts.plan, 'gw0/1').offset;
  // By block, the squares of the blocks have been summed before.
  const squares = facts.noiseScale && !facts.byBlock ? squaresOperations(facts, slice, gw) : [];
  return [...squares, ...updateOperations(facts, slice, gw, !facts.byBlock && squares.length === 0)];
}

function passesByBlock(facts: PassFacts, worker: number): StepPasses {
  const { network, workers, coordinates, ranks } = facts;
  const rows = new RowOperations({ ...facts, scratch: 'batch', hasGradients: true });
  const last = network.layers.length - 2;
  const layers = columnsOf(network).map(layer => shareOf(layer, workers, worker));
  const forward = layers.flatMap((parts, i) => [BARRIER, ...parts.flatMap(part => rows.columns(i, part))]);
  // The last layer is narrow, and its loss needs all columns of a row.
  const product = rows.columns(last, { begin: 0, end: network.layers[last + 1]! });
  // Each rank walks the whole batch.
  const exchange: Operation[] = ranks > 1 ? [{ kind: 'exchange', isDivided: false, slices: null }] : [];
  const update: [Over, Operation[]][] = backwardByBlock(facts, worker, rows);
  if (needsWholeGradient(facts) || coordinates) update.push(['batch', [BARRIER]]);
  if (needsWholeGradient(facts) && !coordinates) {
    update.push(['batch', sliceOperations(facts, ownSlice(facts, worker))]);
  }
  return {
    gradient: listOf(
      ['part', rows.gather()],
      ['batch', [...forward, BARRIER]],
      ['shards', [{ kind: 'clear' }, ...product, rows.loss()]],
      ['batch', exchange],
    ),
    update: listOf(...update),
  };
}

/** Deltas below, gradient and update of the worker's blocks, from the last layer to the first. */
function backwardByBlock(facts: PassFacts, worker: number, rows: RowOperations): [Over, Operation[]][] {
  const { network, plan, workers, coordinates, noiseScale } = facts;
  // The gradient is written to the slab if the update comes later, otherwise to a buffer that stays in cache.
  const slab = needsWholeGradient(facts) || coordinates ? entryOf(plan, 'gw0/1').offset : null;
  const buffer = entryOf(plan, `worker${worker}/block`).offset;
  const blockOperations = ({ index, layer, begin, end, from, to }: Block): Operation[] => {
    const g = slab ?? buffer - from;
    const length = (to - from) / 4;
    return [
      ...rows.block(layer, { begin, end }, g + from),
      ...(noiseScale ? [{ kind: 'squares', part: index, g: g + from, length, slabs: false } as const] : []),
      ...(slab === null ? updateOperations(facts, { begin: from, end: to }, g) : []),
    ];
  };
  const layers = blocksOf(network, plan).map(blocks => shareOf(blocks, workers, worker));
  const sections: [Over, Operation[]][] = [];
  for (const [i, blocks] of [...layers.entries()].reverse()) {
    // Now δ(l) and z(l−1) are complete, and stay so until the end of the step.
    if (noiseScale) sections.push(['shards', [rows.rowNorms([i], i < layers.length - 1)]]);
    sections.push(['batch', blocks.flatMap(blockOperations)]);
    if (i > 0) sections.push(['batch', [BARRIER]]);
  }
  if (noiseScale) sections.push(['shards', [{ kind: 'note row norms' }]]);
  return sections;
}

/** The passes of a coordinator that does the update: it takes part in the workers' barriers, then updates all weights. */
export function coordinatorPasses(facts: PassFacts): StepPasses {
  const { gradient, update } = stepPasses(facts, 0);
  const whole = sliceOperations(facts, updateSlice(facts, 1, 0)).filter(({ kind }) => kind !== 'barrier');
  return {
    gradient: listOf(['batch', barriersOf(gradient)]),
    update: listOf(['batch', [...barriersOf(update), ...whole]]),
  };
}

/**
 * E and correct rows of a table, if it has targets, and ŷ. Needs no barrier, as the weights don't change.
 * @param predictions where ŷ of all rows is written; null: nowhere
 */
export function evaluationPass(
  facts: Omit<RowFacts, 'scratch' | 'perturbation'>,
  worker: number,
  predictions: number | null,
): Pass {
  const rows = new RowOperations({ ...facts, scratch: `scratch${worker}`, perturbation: null });
  const { targets, targetIsInput } = facts.window;
  const operations: Operation[] = [{ kind: 'clear' }, ...rows.gather(false), ...rows.forward()];
  if (predictions !== null) operations.push(rows.predict(predictions));
  if (targets > 0 || targetIsInput) operations.push(rows.loss());
  return listOf(['micro-batches', [...operations, { kind: 'pulse' }]]);
}

/** Drops empty sections, and joins adjacent ones over the whole batch. */
function listOf(...sections: [Over, Operation[]][]): Pass {
  const pass: { over: Over; operations: Operation[] }[] = [];
  for (const [over, operations] of sections) {
    const before = pass.at(-1);
    if (operations.length === 0) continue;
    if (before?.over === over && over === 'batch') before.operations.push(...operations);
    else pass.push({ over, operations: [...operations] });
  }
  return pass;
}

function barriersOf(pass: Pass): Operation[] {
  return pass.flatMap(({ operations }) => operations.filter(({ kind }) => kind === 'barrier'));
}

/** A worker's share of the parts of a layer. */
function shareOf<T>(parts: readonly T[], workers: number, worker: number): T[] {
  const { begin, end } = partOf(parts.length, workers, worker);
  return parts.slice(begin, end);
}
