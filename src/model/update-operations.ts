/**
 * Operations of the update phase for one party's slice of the parameters: join · sum · apply, chunk by chunk while it is in
 * cache; if norms are needed, in several phases with barriers between them. Pure.
 */
import { type Chunk, chunksOf } from './chunks.js';
import { layersOf, type Network } from './network.js';
import type { Operation, ParameterPart } from './operations.js';
import { isByRows, isPlain, needsNorms, type Optimizer, ruleOf, searches } from './optimizer.js';
import { entryOf, type Plan } from './plan.js';
import { partOf, type Range, sliceOf } from './shards.js';
import { countWorkers, firstWorkerOf, sharesOf, type Team } from './team.js';

export interface UpdateFacts {
  network: Network;
  plan: Plan;
  optimizer: Optimizer;
  noiseScale: boolean;
  /** Whether there is an L2 penalty. */
  decays: boolean;
  /** How many workers of this rank take part. */
  workers: number;
  /** How many ranks. */
  ranks: number;
  /** The ranks that share the update, each with a slice of the parameters; null: each rank does all of it. */
  sharing: Team | null;
}

/** What the cut of the update depends on. */
type SliceFacts = Pick<UpdateFacts, 'network' | 'plan' | 'optimizer' | 'noiseScale'>;

/** With more workers, or with other ranks, more than two slabs are left to add up: chunk by chunk, while these are in cache. */
const FEW_WORKERS = 2;

/** The slice of party i, in bytes of the slab; it consists of whole chunks if anything is summed per chunk. */
export function updateSlice(facts: SliceFacts, parties: number, i: number): Range {
  const { plan } = facts;
  if (!isByChunk(facts)) return sliceOf(plan.slabBytes, parties, i);
  const begins = [...placedChunks(facts).map(({ from }) => from), plan.slabBytes];
  const { begin, end } = partOf(begins.length - 1, parties, i);
  return { begin: begins[begin]!, end: begins[end]! };
}

function isByChunk({ optimizer, noiseScale }: SliceFacts): boolean {
  return needsNorms(optimizer) || searches(optimizer) || isByRows(optimizer) || noiseScale;
}

/** The slice that a worker of this rank updates. */
export function ownSlice(facts: UpdateFacts, worker: number): Range {
  const { sharing, workers } = facts;
  if (!sharing) return updateSlice(facts, workers, worker);
  const all = countWorkers(sharing);
  // If fewer workers take part, each has the slices of several.
  const { begin, end } = sharesOf(sharing, workers, worker);
  return {
    begin: updateSlice(facts, all, begin).begin,
    end: updateSlice(facts, all, end - 1).end,
  };
}

/** The slices of all ranks: those of their workers together. */
export function rankSlices(facts: SliceFacts, team: Team): Range[] {
  const all = countWorkers(team);
  return team.workers.map((count, rank) => {
    const first = firstWorkerOf(team, rank);
    return {
      begin: updateSlice(facts, all, first).begin,
      end: updateSlice(facts, all, first + count - 1).end,
    };
  });
}

/** After a shared update: every rank gets the weights of all slices, and what has been noted of them. */
export function spreadOperations(facts: UpdateFacts): Operation[] {
  const { sharing, plan, noiseScale } = facts;
  if (!sharing) return [];
  const w = entryOf(plan, 'w/1').offset;
  const weights = rankSlices(facts, sharing).map(({ begin, end }) => ({ begin: w + begin, end: w + end }));
  const changes = partsOfRanks(sharing, countWorkers(sharing), slotsOf(plan, 'change'));
  const places = [weights, changes];
  if (noiseScale) places.push(partsOfChunks(facts, sharing, 'noise/parts'));
  return [{ kind: 'barrier' }, { kind: 'spread', places }];
}

/** Slots of an entry of the plan, and the bytes of one. */
interface SlotPlaces {
  offset: number;
  bytes: number;
}

function slotsOf(plan: Plan, name: string): SlotPlaces {
  const { offset, dtype, shape } = entryOf(plan, name);
  return { offset, bytes: (shape[1] ?? 1) * (dtype === 'f32' ? 4 : 8) };
}

/** The slots that each rank writes, of an entry with one for each chunk. */
function partsOfChunks({ network, plan, optimizer }: UpdateFacts, team: Team, name: string): Range[] {
  return partsOfRanks(team, chunksOf(network, isByRows(optimizer)).length, slotsOf(plan, name));
}

/** The bytes of `count` slots that are cut as the update is: into a part for each worker of all ranks. */
function partsOfRanks(team: Team, count: number, { offset, bytes }: SlotPlaces): Range[] {
  const all = countWorkers(team);
  return team.workers.map((workers, rank) => {
    const first = firstWorkerOf(team, rank);
    const { begin } = partOf(count, all, first);
    const { end } = partOf(count, all, first + workers - 1);
    return { begin: offset + begin * bytes, end: offset + end * bytes };
  });
}

/**
 * @param slice in bytes of the slab
 * @param g start of the slab with the slice's gradient, or where it would start if it were complete
 * @param joins whether slabs of several workers have to be added up first
 */
export function updateOperations(facts: UpdateFacts, slice: Range, g: number, joins = false): Operation[] {
  const { optimizer } = facts;
  const parts = partsOf(facts, slice);
  const join = (part: ParameterPart): Operation[] => (joins ? [{ kind: 'join', of: 'all', part, g }] : []);
  if (isPlain(optimizer)) {
    // Without decay and waves, whose rates differ, the slice is one part: the gaps between the layers are zero and stay zero.
    const whole = { at: slice.begin, length: (slice.end - slice.begin) / 4, chunk: 0, layer: 0, bias: false };
    const hasWaves = facts.network.waves !== undefined;
    const isCut = facts.decays || hasWaves || (joins && (facts.workers > FEW_WORKERS || facts.ranks > 1));
    return (isCut ? parts : [whole]).flatMap(part => [...join(part), { kind: 'apply', part, g, sums: true }]);
  }
  const phases = phasesOf(optimizer);
  return phases.flatMap((stages, phase) => [
    ...(phase === 0 ? [] : betweenPhases(facts, phase === phases.length - 1)),
    ...parts.flatMap(part => [
      ...(phase === 0 ? join(part) : []),
      ...stages.flatMap(stage => stageOperations(stage, part, g)),
    ]),
  ]);
}

/** Sum of the gradient of each chunk in the slice, and its squared norm; runs before the update, which overwrites it. */
export function squaresOperations(facts: UpdateFacts, slice: Range, gw: number): Operation[] {
  return partsOf(facts, slice).flatMap(part => [
    { kind: 'join', of: 'all', part, g: gw },
    { kind: 'squares', part: part.chunk, g: gw + part.at, length: part.length, slabs: true },
  ]);
}

/** Adds up what the workers of a rank have summed, before the ranks exchange it. */
export function rankOperations(facts: UpdateFacts, slice: Range, gw: number): Operation[] {
  return partsOf(facts, slice).map(part => ({ kind: 'join', of: 'rank', part, g: gw }));
}

/** Whether the whole gradient is needed before any part of the update. */
export function needsWholeGradient({ optimizer }: Pick<UpdateFacts, 'optimizer'>): boolean {
  return phasesOf(optimizer).length > 1 || searches(optimizer);
}

type Stage = 'sum' | 'direct' | 'apply';

/** Norms of the gradient are known after the first phase, those of a layer's direction before the last phase. */
function phasesOf(optimizer: Optimizer): Stage[][] {
  if (searches(optimizer)) return [['sum']];
  if (ruleOf(optimizer.name).direct) {
    return optimizer.clipNorm === null ? [['sum', 'direct'], ['apply']] : [['sum'], ['direct'], ['apply']];
  }
  return needsNorms(optimizer) ? [['sum'], ['apply']] : [['sum', 'apply']];
}

function betweenPhases(facts: UpdateFacts, isLast: boolean): Operation[] {
  const { sharing } = facts;
  const norms: Operation[] = [{ kind: 'barrier' }, { kind: 'norms', trust: isLast }];
  if (!sharing) return norms;
  return [
    { kind: 'barrier' },
    { kind: 'spread', places: [partsOfChunks(facts, sharing, 'norms')] },
    ...norms,
  ];
}

function stageOperations(stage: Stage, part: ParameterPart, g: number): Operation[] {
  if (stage === 'apply') return [{ kind: 'apply', part, g, sums: false }];
  if (stage === 'direct') return [{ kind: 'direct', part, g }];
  return [{ kind: 'sum', part, g }];
}

/** The chunks in the slice, or the parts of them that are in it. */
function partsOf(facts: UpdateFacts, { begin, end }: Range): ParameterPart[] {
  return placedChunks(facts).flatMap(({ layer, bias, from, to }, chunk) => {
    const at = Math.max(begin, from);
    const length = (Math.min(end, to) - at) / 4;
    return length > 0 ? [{ chunk, layer, bias, at, length }] : [];
  });
}

/** All chunks, and their places in the slab, in bytes, half-open. */
function placedChunks({ network, plan, optimizer }: SliceFacts): (Chunk & { from: number; to: number })[] {
  const slab = entryOf(plan, 'w/1').offset;
  const layerAt = layersOf(network).map((_, i) => entryOf(plan, `w/${i + 1}`).offset - slab);
  return chunksOf(network, isByRows(optimizer)).map(chunk => {
    const at = layerAt[chunk.layer]!;
    return { ...chunk, from: at + chunk.begin, to: at + chunk.end };
  });
}
