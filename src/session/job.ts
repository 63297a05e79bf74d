/**
 * A job as each of its ranks has it: how it walks, its memory and its threads. Rank 0 has it in a session (session.ts), the
 * others in a follower (follower.ts). Owns the memory and the threads until it is closed.
 */
import { createHash } from 'node:crypto';
import { failure } from '../errors.js';
import { arithmeticOf } from '../kernels/arithmetic.js';
import { type Backend, chooseBackend } from '../kernels/choose.js';
import { hasOwnOrder } from '../kernels/kernels.js';
import { foldingOf } from '../model/folding.js';
import { judgedWindows } from '../model/judging.js';
import type { Network } from '../model/network.js';
import { isByRows, type Optimizer, searches, slabsOf } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import { operationsOf, partOf } from '../model/shards.js';
import { chooseExchange, type ExchangeName } from '../model/sharing.js';
import type { Team } from '../model/team.js';
import { rankSlices } from '../model/update-operations.js';
import { isByBlock } from '../model/walk.js';
import { batchCut } from '../protocol/steps.js';
import {
  type FirstTask,
  type JudgeTask,
  type Setup,
  type TableName,
  type TableSetup,
  type TrainTask,
  taskOf,
} from '../protocol/tasks.js';
import { nameRank, type Ranks } from '../ranks/ranks.js';
import type { Done } from '../threads/pool.js';
import { Threads } from '../threads/threads.js';
import { Arena, type ArenaRequest, choosePlan, type RowsInMemory, type Table } from './arena.js';
import { chooseMachine, type Machine, type MachineOptions } from './machine.js';
import { usualMemory } from './memory.js';
import { TABLE_NAMES } from './tables.js';
import { Walks } from './walks.js';
import { decode, encode } from './wire.js';

/** What a job is: plain data, the same on all ranks. */
export interface JobFacts {
  network: Network;
  optimizer: Optimizer;
  perturbation: Perturbation | null;
  noiseScale: boolean;
  /** Rows of a full step, several numbers if they change. */
  sizes: readonly number[];
  /** Most steps per epoch; 0 without training. */
  stepsPerEpoch: number;
  tables: Record<TableName, TableSetup | null>;
  keepPredictions: boolean;
  /** Bytes of each worker for measurements of the machine; 0: none. */
  measuredBytes: number;
  /** Whether the coordinator does the update. */
  coordinates: boolean;
  machine: MachineOptions;
  /** Seconds without a sign of life after which a segment is given up; null: as long as a step can take. */
  stallSeconds: number | null;
  /** Folder for the report of a hang. */
  hangFolder: string;
  inMemory: RowsInMemory;
  /** Whether each rank has read the rows; otherwise rank 0 sends them. */
  isReadByAll: boolean;
}

/** Every backend computes more operations per second than this. */
const SLOWEST_RATE = 1e8;
const LEAST_STALL_SECONDS = 60;
/** The ranks after the first wait longer, so that rank 0 reports a rank that is lost. */
const LATER_SECONDS = 5;

/** Bytes of E and correct rows of the first shard. */
const FIRST_METRICS = 16;

/** What a rank has chosen for itself. */
interface Choice {
  backend: Backend;
  machine: Machine;
}

export class Job {
  readonly backend: Backend;
  readonly machine: Machine;
  readonly team: Team;
  readonly walks: Walks;
  readonly arena: Arena;
  readonly threads: Threads;
  /** How the ranks exchange a step. */
  readonly exchange: ExchangeName;
  readonly #facts: JobFacts;
  readonly #ranks: Ranks;
  /** Seconds without a sign of life after which a segment is given up, and a rank that does not take part in a message. */
  readonly #patience: number;

  /**
   * Chooses backend and workers, plans the memory, fills it and starts the threads, on all ranks together.
   * @param fill writes the tables that this rank has read, and on rank 0 the weights
   * @throws usage if the memory would be too large, or there are more workers than given shards; failed if a system doesn't
   * provide memory or threads, or the ranks would compute different bits; the error of any rank on all of them
   */
  static async open(facts: JobFacts, ranks: Ranks, fill: (arena: Arena) => void = () => {}): Promise<Job> {
    const choice = await ranks.together(() => choose(facts, ranks));
    const choices = await exchangeChoices(choice, ranks);
    const team = { rank: ranks.rank, workers: choices.map(({ workers }) => workers) };
    const design = await ranks.together(() => {
      refuseDifferences(choices, ranks);
      return designOf(facts, choice, team);
    });
    const chosen = await choosePlans(facts, design, ranks);
    let job: Job | null = null;
    const opened = ranks.together(() => {
      job = new Job(facts, design, new Arena(design.request, facts.tables, chosen), ranks);
      fill(job.arena);
      return job;
    });
    const own = await opened.catch(async error => {
      await job?.close();
      throw error;
    });
    if (ranks.size > 1 && !facts.isReadByAll) await own.#sendRows();
    // From here on a rank tells the others that it lives, except while it transfers, hashes weights or orders an epoch.
    ranks.setPatience(own.#patience);
    return own;
  }

  private constructor(
    facts: JobFacts,
    { choice, team, walks, exchange }: Design,
    arena: Arena,
    ranks: Ranks,
  ) {
    const { network, sizes, stallSeconds, hangFolder } = facts;
    this.#facts = facts;
    this.backend = choice.backend;
    this.machine = choice.machine;
    this.team = team;
    this.walks = walks;
    this.exchange = exchange;
    this.arena = arena;
    const longestStep = Math.max(
      LEAST_STALL_SECONDS,
      operationsOf(network, Math.max(...sizes)) / SLOWEST_RATE,
    );
    this.#ranks = ranks;
    this.#patience = stallSeconds ?? longestStep;
    this.threads = new Threads(this.#setup(), { stallSeconds: this.#patience, hangFolder });
  }

  /** The bytes of everything that a step changes and the next one starts from. */
  get slabs(): Uint8Array[] {
    const { optimizer } = this.#facts;
    const names = slabsOf(optimizer).map(name => `state/${name}`);
    const slabs = ['w', ...names].map(name => this.arena.slabBytes(name));
    return searches(optimizer) ? [...slabs, ...this.arena.bytesOf('state/numbers')] : slabs;
  }

  /** Gives all ranks what the update rule remembers of the slices of the others. Collective. @throws failed */
  async gatherState(): Promise<void> {
    if (this.exchange === 'whole') return;
    const { network, optimizer, noiseScale } = this.#facts;
    const { plan } = this.arena;
    const slices = rankSlices({ network, plan, optimizer, noiseScale }, this.team);
    for (const name of slabsOf(optimizer)) {
      const slab = this.arena.slabBytes(`state/${name}`);
      for (const [rank, { begin, end }] of slices.entries()) {
        await this.#ranks.broadcast(slab.subarray(begin, end), rank);
      }
    }
  }

  /** Hash of the weights and the state of the update rule. */
  hashSlabs(): string {
    return hashOf(this.slabs);
  }

  /**
   * Computes the gradient of the first rows of an order. Returns the hash of it, and of E. Must run before the first step.
   * @throws as Threads.run does
   */
  async tryGradient(task: FirstTask): Promise<string> {
    await this.threads.run(1, () => task);
    const [metrics] = this.arena.bytesOf('metrics');
    return hashOf([this.arena.slabBytes('gw0'), metrics!.subarray(0, FIRST_METRICS)]);
  }

  /** Takes the steps of a task, on as many workers as it says or all. @throws as Threads.train does */
  train(task: Omit<TrainTask, 'worker'>): Promise<Done> {
    const workers = Math.min(task.workers, this.machine.workers);
    return this.threads.train({ ...taskOf(task, this.team.rank), workers });
  }

  /**
   * Judges the rows of a table, each rank those of its shards. Afterwards all ranks have the sums of each shard, and the
   * predictions if they are kept. Collective. @throws as Threads.run does
   */
  async judge({ fault, ...task }: JudgeTask, rows: Table | null): Promise<void> {
    const own = fault && (fault.rank ?? 0) === this.team.rank ? { ...task, fault } : task;
    await this.#ranks.together(() =>
      this.arena.judged === null ? this.#judgeAll(own) : this.#judgeParts(own, rows!),
    );
    if (this.#ranks.size === 1) return;
    const cut = batchCut(this.backend, task.rows, task);
    for (const [rank, { begin, end }] of foldingOf(cut, this.team).ranks.entries()) {
      if (begin === end) continue;
      await this.#ranks.broadcast(this.arena.bytesOfRows('metrics', { begin, end }), rank);
      if (!task.keep) continue;
      const judged = {
        begin: partOf(task.rows, cut.shards, begin).begin,
        end: partOf(task.rows, cut.shards, end - 1).end,
      };
      await this.#ranks.broadcast(this.arena.bytesOfRows('predictions', judged), rank);
    }
  }

  /** Releases threads and memory, whatever they are doing. */
  async close(): Promise<void> {
    this.#ranks.setPatience(null);
    if (await this.threads.close()) this.arena.release();
  }

  async #judgeAll(task: JudgeTask): Promise<void> {
    await this.threads.run(this.machine.workers, worker => ({ ...task, worker }));
  }

  /** Judges window by window: while the threads judge one, the next is read into the other half. */
  async #judgeParts({ fault, ...task }: JudgeTask, rows: Table): Promise<void> {
    const room = this.arena.judged!;
    const windows = judgedWindows(foldingOf(batchCut(this.backend, task.rows, task), this.team), room);
    const partsOf = (k: number) =>
      (windows[k] ?? []).map(part => ({ ...part, at: part.at + (k % 2) * room }));
    const read = (k: number) => {
      for (const part of partsOf(k)) this.arena.writePart('validation', rows, part, part.at);
    };
    read(0);
    for (const k of windows.keys()) {
      const parts = partsOf(k);
      const running = this.threads.run(this.machine.workers, worker => {
        return { ...task, ...(fault && k === 0 && { fault }), part: parts[worker]!, worker };
      });
      try {
        read(k + 1);
      } finally {
        await running;
      }
    }
  }

  /** Gives all ranks the rows that rank 0 has. Collective. @throws failed */
  async #sendRows(): Promise<void> {
    for (const name of TABLE_NAMES) {
      for (const bytes of this.arena.bytesOf(`${name}/`)) await this.#ranks.broadcast(bytes, 0);
    }
  }

  /** The message to the threads. */
  #setup(): Setup {
    const { handle, size } = this.#ranks;
    const { network, optimizer, perturbation, noiseScale, coordinates } = this.#facts;
    const { backend, machine, team } = this;
    const { memory, plan, tables } = this.arena;
    const slices = this.exchange === 'slices';
    const milliseconds = 1000 * (this.#patience + (team.rank === 0 ? 0 : LATER_SECONDS));
    return {
      ...{ memory, plan, tables, network, backend, optimizer, perturbation, noiseScale, coordinates },
      ...{ workers: machine.workers, spins: machine.spins },
      ranks: size > 1 ? { team, slices, handle: handle!, patience: milliseconds } : null,
    };
  }
}

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function choose({ network, sizes, tables, machine }: JobFacts, { size, ranksOnCpus }: Ranks): Choice {
  const batchRows = Math.max(...sizes);
  const byBlock = tables.training !== null && isByBlock(network, batchRows, machine.walk);
  const step = { network, batchRows, byBlock };
  return {
    machine: chooseMachine(machine, step, { size, onCpus: ranksOnCpus }),
    backend: chooseBackend(machine.backend, machine.blas),
  };
}

/** What follows from the choices of all ranks. */
interface Design {
  choice: Choice;
  team: Team;
  walks: Walks;
  exchange: ExchangeName;
  request: ArenaRequest;
}

function designOf(facts: JobFacts, choice: Choice, team: Team): Design {
  const { network, optimizer, perturbation, noiseScale, tables, sizes, machine } = facts;
  const { stepsPerEpoch, keepPredictions, measuredBytes, coordinates } = facts;
  const { backend } = choice;
  const judged = Object.values(tables).flatMap(table => (table ? [table.rows] : []));
  const wholeGroups = hasOwnOrder(backend.name);
  const rows = tables.training?.rows ?? null;
  // As asked: by default, the number differs from one size of a batch or a table to another.
  const { shards, walk = 'auto' } = machine;
  const judgesParts = rows === null;
  const walks = new Walks({ network, shards, rows, judged, judgesParts, wholeGroups, walk }, sizes);
  const ranks = team.workers.length;
  const exchange = chooseExchange(machine.exchange ?? 'auto', {
    ...{ network, optimizer, ranks },
    byShard: walks.isByShard,
  });
  const request = {
    ...{ network, backend: backend.name, workers: team.workers[team.rank]! },
    ...walks.room(backend, team),
    ...{ stepsPerEpoch, noiseParts: noiseScale ? walks.mostParts(isByRows(optimizer)) : 0 },
    ...{ optimizer, perturbation, keepPredictions, measuredBytes, coordinates },
  };
  return { choice, team, walks, exchange, request };
}

/** The plan of this rank. If one rank has to read its rows in windows, all do, as they take the same steps. Collective. */
async function choosePlans({ tables, inMemory }: JobFacts, { request }: Design, ranks: Ranks) {
  const { hosts, rank, size } = ranks;
  const sharing = size === 1 ? 1 : hosts.filter(host => host === hosts[rank]).length;
  const usual = usualMemory(request.workers, sharing);
  const own = await ranks.together(() => choosePlan(request, tables, inMemory, { usual }));
  if (ranks.size === 1 || inMemory.windows === null) return own;
  const all = (await ranks.gather(encode(own.isWindowed))).map(decode);
  if (!all.includes(true)) return own;
  return ranks.together(() => choosePlan(request, tables, inMemory, { usual, mayHoldAll: false }));
}

/** What ranks compare and divide work by. */
interface RankChoice {
  workers: number;
  /** What the bits depend on. */
  arithmetic: string;
}

async function exchangeChoices({ backend, machine }: Choice, ranks: Ranks): Promise<RankChoice[]> {
  const { workers } = machine;
  if (ranks.size === 1) return [{ workers, arithmetic: '' }];
  const own = { workers, arithmetic: arithmeticOf(backend) ?? backend.description };
  return (await ranks.gather(encode(own))).map(bytes => decode(bytes) as RankChoice);
}

/** @throws failed if a rank's arithmetic differs from that of rank 0 */
function refuseDifferences(choices: readonly RankChoice[], { hosts }: Ranks): void {
  const [first] = choices;
  const other = choices.findIndex(({ arithmetic }) => arithmetic !== first!.arithmetic);
  if (other < 0) return;
  throw failure(
    `${nameRank(other, hosts)}: expected the arithmetic of ${nameRank(0, hosts)}, ${first!.arithmetic}, got ${choices[other]!.arithmetic}: the ranks would compute different bits.`,
    'Use the same Node.js, lockstep and backend on all hosts.',
  );
}
