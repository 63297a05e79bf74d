/**
 * Measures what ranks exchange in a step, without the step: whole, and by slices, beside MPI_Allreduce of the library for as
 * many floats, which adds in an order of its own.
 *
 *   mpirun -np 2 node dist/bench/exchange.js [LAYERS …]
 *   node dist/scripts/torture/hosts.js --hosts 2 --rate 1gbit -- node dist/bench/exchange.js
 *
 * Each rank has one worker and its part of 64 shards: one subtree if the number of ranks is a power of two, otherwise several. What
 * arrives is checked first. Rank 0 prints the median, in µs.
 */
import { parseArgs } from 'node:util';
import { foldingOf } from '../src/model/folding.js';
import { countParameters, describeNetwork } from '../src/model/network.js';
import { Registers } from '../src/model/operations.js';
import { PLAIN_DESCENT } from '../src/model/optimizer.js';
import { entryOf, planMemory } from '../src/model/plan.js';
import type { Range } from '../src/model/shards.js';
import { rankSlices, spreadOperations } from '../src/model/update-operations.js';
import { addressOf, loadForGood, loadKoffi } from '../src/native.js';
import type { Setup } from '../src/protocol/tasks.js';
import { type Abi, type Handle, INTERFACES } from '../src/ranks/abi.js';
import { openRanks } from '../src/ranks/open.js';
import { RankExchange } from '../workers/exchange.js';

const NETWORKS = ['784,30,10', '784,128,10', '784,512,512,10', '784,1024,1024,1024,10'];
const SHARDS = 64;
/** So many floats are moved for each way, and at least so many times. */
const FLOATS = 4e7;
const LEAST_ROUNDS = 20;
const MOST_ROUNDS = 1000;

/** Handles of MPI_FLOAT and MPI_SUM in each interface. */
const OF_INTERFACE: Readonly<Record<Abi, { type: Handle; sum: Handle }>> = {
  openmpi: { type: { symbol: 'ompi_mpi_float' }, sum: { symbol: 'ompi_mpi_op_sum' } },
  mpich: { type: 0x4c00040a, sum: 0x58000003 },
  abi: { type: 0x210, sum: 0x21 },
};

const { positionals } = parseArgs({ allowPositionals: true });
const ranks = await openRanks({ mpi: 'auto', environment: process.env });
const { rank, size, handle } = ranks;
if (!handle || size === 1) throw new Error('start it by mpirun -np 2, or more');
const team = { rank, workers: Array.from({ length: size }, () => 1) };

function arenaOf(layers: number[]) {
  const hidden = layers.slice(2).map(() => 'relu' as const);
  const network = describeNetwork({ layers, hidden, output: 'softmax', loss: 'cross-entropy' });
  const cut = { batch: SHARDS, shards: SHARDS, microBatch: SHARDS, wholeGroups: false };
  const folding = foldingOf(cut, team);
  const table = {
    ...{ rows: 1, features: layers[0]!, width: layers[0]!, spans: 0, targets: 1 },
    ...{ type: 'f32' as const, weighs: false, counts: false, labelsWeigh: false },
  };
  const plan = planMemory({
    ...{ network, backend: 'native', workers: 1, ranks: size, allWorkers: size, shards: SHARDS },
    ...{
      scratchRows: [1],
      slabs: folding.slabs,
      foldBuffers: 0,
      foldFloats: 0,
      blockRows: 0,
      blockFloats: 0,
    },
    ...{ stepsPerEpoch: 1, noiseParts: 0, optimizer: PLAIN_DESCENT, training: table, validation: null },
    ...{ keepPredictions: false, measuredBytes: 0 },
  });
  const pages = Math.ceil(plan.bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const setup = {
    ...{ plan, memory, network, optimizer: PLAIN_DESCENT, noiseScale: false, spins: 1 },
    ranks: { team, slices: true, handle: handle!, patience: 60_000 },
  } as unknown as Setup;
  const registers = Object.assign(new Registers(), { folding, shards: SHARDS });
  const facts = { network, plan, optimizer: PLAIN_DESCENT, noiseScale: false, decays: false };
  const sharing = { ...facts, workers: 1, ranks: size, sharing: team };
  const [spread] = spreadOperations(sharing).flatMap(one => (one.kind === 'spread' ? [one] : []));
  const exchange = new RankExchange(setup);
  const slices = rankSlices(facts, team);
  return { network, plan, memory, registers, folding, exchange, slices, spread: spread! };
}

/**
 * Writes numbers that tell where they are from to the places that this rank sends, and checks what arrives from the others.
 * @param salt another one for each check: what one of them has left must not pass for what the next one gets
 * @throws Error if it is wrong
 */
function check(
  arena: ReturnType<typeof arenaOf>,
  run: () => void,
  slices: readonly Range[] | null,
  salt: number,
): void {
  const { plan, memory, folding } = arena;
  const words = plan.slabBytes / 4;
  const floats = new Float32Array(memory.buffer);
  const slab = (name: string) => entryOf(plan, name).offset / 4;
  const value = (from: number, i: number) => salt + from * 1000 + (i % 997);
  const placesOf = (from: number) => folding.nodes[from]!.map(node => slab('gw0/1') + node * words);
  for (const at of placesOf(rank)) for (let i = 0; i < words; i++) floats[at + i] = value(rank, i);
  const own = slices?.[rank] ?? { begin: 0, end: plan.slabBytes };
  if (slices) for (let i = own.begin / 4; i < own.end / 4; i++) floats[slab('w/1') + i] = value(rank, i);
  run();
  for (let other = 0; other < size; other++) {
    const wrong = (at: number, { begin, end }: Range) => {
      for (let i = begin / 4; i < end / 4; i++) if (floats[at + i] !== value(other, i)) return true;
      return false;
    };
    if (placesOf(other).some(at => wrong(at, own)) || (slices && wrong(slab('w/1'), slices[other]!))) {
      throw new Error(`rank ${rank}: what rank ${other} sent has not arrived`);
    }
  }
}

/** Median seconds of a call that all ranks make. */
async function medianOf(rounds: number, call: () => void): Promise<number> {
  await ranks.meet();
  const times = Array.from({ length: rounds + 5 }, () => {
    const begun = performance.now();
    call();
    return performance.now() - begun;
  });
  return times.slice(5).sort((a, b) => a - b)[Math.floor(rounds / 2)]! / 1000;
}

/** MPI_Allreduce of floats in the arena, as a call. */
function bindAllreduce(memory: WebAssembly.Memory, from: number, to: number, count: number): () => void {
  const koffi = loadKoffi();
  const library = loadForGood(handle!.library);
  const { type, sum } = OF_INTERFACE[handle!.abi];
  const { handle: H, MPI_COMM_WORLD } = INTERFACES[handle!.abi];
  const handleOf = (one: Handle) =>
    typeof one === 'number' ? one : Number(koffi.address(library.symbol(one.symbol, 'void *')));
  const reduce = library.func(
    `int MPI_Allreduce(intptr_t from, intptr_t to, int count, ${H} type, ${H} op, ${H} comm)`,
  );
  const at = addressOf(koffi, memory);
  const handles = [type, sum, MPI_COMM_WORLD].map(handleOf);
  return () => {
    if (reduce(at + from, at + to, count, ...handles) !== 0) throw new Error('MPI_Allreduce failed');
  };
}

const say = (line: string) => {
  if (rank === 0) console.log(line);
};
const hosts = new Set(ranks.hosts).size;
say(`${ranks.description}, ${size} ranks on ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`);
say('network                 parameters    whole   slices   MPI_Allreduce, µs');
for (const name of positionals.length > 0 ? positionals : NETWORKS) {
  const arena = arenaOf(name.split(',').map(Number));
  const { network, plan, memory, registers, exchange, slices, spread } = arena;
  const whole = () => exchange.sums(registers, { isDivided: true, slices: null });
  const inSlices = () => {
    exchange.sums(registers, { isDivided: true, slices });
    exchange.spread(spread);
  };
  check(arena, whole, null, 0);
  check(arena, inSlices, slices, 100_000);
  const parameters = countParameters(network);
  const gw = entryOf(plan, 'gw0/1').offset;
  const reduce = bindAllreduce(memory, gw, entryOf(plan, 'w/1').offset, parameters);
  const rounds = Math.min(Math.max(Math.round(FLOATS / parameters), LEAST_ROUNDS), MOST_ROUNDS);
  const times = [whole, inSlices, reduce].map(call => () => medianOf(rounds, call));
  const columns: string[] = [];
  for (const time of times) columns.push((1e6 * (await time())).toFixed(0).padStart(9));
  say(`${name.padEnd(24)}${parameters.toLocaleString('en').padStart(10)}${columns.join('')}`);
}
await ranks.close();
