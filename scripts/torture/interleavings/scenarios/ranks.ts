/**
 * A segment of steps on several ranks: on each, threads run the real worker, and its leader the real exchange; the passes only
 * read and write what the passes of a step do. A worker fails or is killed, and somebody asks one rank to stop.
 */
import { NO_FOLDING } from '../../../../src/model/folding.js';
import type { Registers } from '../../../../src/model/operations.js';
import { EXCHANGED_PER_SHARD, EXCHANGED_WORDS } from '../../../../src/model/plan.js';
import { countWorkers, firstWorkerOf } from '../../../../src/model/team.js';
import { POISONED } from '../../../../src/protocol/control.js';
import { atomics } from '../atomics.js';
import { Loop } from '../event-loop.js';
import type { Region } from '../memory.js';
import { FakeExchange, Nap, Network } from '../messages.js';
import { buildProgram, type Change, type Program } from '../program.js';
import { awaitFlow, runAll } from '../promises.js';
import type { Any, Flow, FlowFunction } from '../runtime.js';
import type { Scenario } from '../search.js';
import { running, type Thread, World } from '../world.js';
import {
  CELL_BYTES,
  cellsOf,
  exchangedOf,
  lengthsOf,
  offsetsOf,
  type RanksFacts,
  type Shared,
  WORDS,
} from './ranks-arena.js';
import { expectedOf, StubThread } from './ranks-thread.js';
import { viewOf, WORKER_STAND_INS } from './stand-ins.js';
import { COLUMNS, slotsOf } from './step.js';
import { Joined, Watch } from './watching.js';

const MODULES = [
  ...['barrier', 'control', 'collective', 'metrics', 'tasks', 'exchanged'].map(
    name => `src/protocol/${name}.ts`,
  ),
  ...['worker', 'train', 'fault', 'exchange'].map(name => `workers/${name}.ts`),
];

const PATIENCE = 60_000;
/** Each nap of the checker stands for so many, after which the leader looks at the clock. */
const NAPS_PER_PULSE = 20;
let network: Network;

/** What stands in for the modules that are not transformed. */
function standIns(): Record<string, Record<string, unknown>> {
  const nothing = () => undefined;
  return {
    ...WORKER_STAND_INS,
    'src/model/optimizer.ts': { searches: () => false, isByRows: () => false },
    'src/model/plan.ts': {
      viewOf,
      entryOf: ({ offsets, shapes }: Any, name: string) => ({
        dtype: 'f64',
        offset: offsets[name] ?? 0,
        shape: shapes[name] ?? [1],
      }),
      findEntry: nothing,
      ...{ EXCHANGED_PER_SHARD, EXCHANGED_WORDS },
    },
    'src/model/team.ts': { countWorkers, firstWorkerOf },
    'src/protocol/steps.ts': {
      beginStep(registers: Registers, setup: Any, task: Any, done: number) {
        const shards = countWorkers(setup.ranks.team);
        const ranks = setup.ranks.team.workers.map((count: number, rank: number) => {
          const begin = firstWorkerOf(setup.ranks.team, rank);
          return { begin, end: begin + count };
        });
        const nodes = ranks.map(({ begin, end }: Any) =>
          Array.from({ length: end - begin }, (_, i) => begin + i),
        );
        const folding = { ...NO_FOLDING, ranks, nodes };
        Object.assign(registers, { shards, batch: shards, step: task.stepsBefore + done + 1, folding });
      },
    },
    'src/ranks/exchange.ts': {
      openExchange: ({ rank, plan }: Any, memory: Shared) =>
        new FakeExchange(network, rank, cellsOf(plan, memory)),
    },
    'src/ranks/ranks.ts': { nameRank: (rank: number) => `rank ${rank}` },
    'src/ranks/wait.ts': { FEW_LOOKS: 0, LOOKS: 0, MessageWaits },
    'src/kernels/native/executable.ts': { NoNativeCode: class {}, noteCodeIn: nothing },
    'workers/thread.ts': { Thread: StubThread },
  };
}

/** The real one looks and yields before it naps, which makes no difference here. */
class MessageWaits {
  readonly #exchange: FakeExchange;

  constructor(exchange: FakeExchange) {
    this.#exchange = exchange;
  }

  *untilDone(between: FlowFunction): Flow {
    const { control } = running.thread as unknown as { control: Region };
    const begun = running.world!.now;
    const due = begun + PATIENCE + 1;
    for (let naps = 0; !this.#exchange.isDone(); naps += NAPS_PER_PULSE) {
      yield* between(naps, running.world!.now - begun);
      yield new Nap(this.#exchange, () => control.values[POISONED] !== 0, due);
    }
    return undefined;
  }
}

export function ranksProgram(changes: readonly Change[] = []): Program {
  return buildProgram(MODULES, standIns(), changes);
}

/** What is noted of a run. */
interface Notes {
  network: Network;
  asked: boolean;
  /** Step with which a segment that was asked to stop must end. */
  latest: number;
  /** How each rank's workers ended. */
  ends: string[];
  phase: string;
}

export function ranksScenario(program: Program, facts: RanksFacts): Scenario {
  const { team, steps, form, fault, asks, kills } = facts;
  const all = countWorkers({ workers: team });
  const lengths = lengthsOf(facts);
  const offsets = offsetsOf(lengths);
  const plan = {
    ...{ offsets, lengths, slabBytes: all * CELL_BYTES },
    shapes: { metrics: [all, COLUMNS], exchange: [team.length, exchangedOf(all)], change: [all] },
  };
  const words = program.link()('src/protocol/control.ts') as Record<string, number>;
  const shared = program.link()('src/protocol/collective.ts');
  const sliceOf = (_: number, rank: number) => {
    const begin = firstWorkerOf({ workers: team }, rank);
    return { begin: begin * CELL_BYTES, end: (begin + team[rank]!) * CELL_BYTES };
  };
  const placesIn = (name: 'w' | 'change') =>
    team.map((count, rank) => {
      const { begin, end } = sliceOf(count, rank);
      return { begin: offsets[name]! + begin, end: offsets[name]! + end };
    });

  function setupOf(world: World, memory: Shared): object {
    const { rank } = memory;
    const setup = {
      ...{ memory, plan, form, all, sliceOf, workers: team[rank], optimizer: {}, noiseScale: false },
      ...{ coordinates: false, spins: 0, places: [placesIn('w'), placesIn('change')] },
      ranks: {
        team: { rank, workers: team },
        slices: form === 'slices',
        handle: { rank, plan, hosts: team.map((_, i) => `host ${i}`) },
        patience: PATIENCE,
      },
      slots: (name: string) => slotsOf(shared, plan, memory, name),
    };
    for (const constant of [setup, plan, setup.ranks, setup.ranks.handle, memory, setup.slots]) {
      world.constants.set(constant, `setup of rank ${rank}`);
    }
    return setup;
  }

  function* work(world: World, memory: Shared, setup: object, worker: number): Flow {
    const { rank } = memory;
    const loop = new Loop(world);
    const { thread } = running;
    Object.assign(thread!, { loop, control: memory.control });
    const run = program.link()('workers/worker.ts').default;
    const own = fault?.rank === rank ? { fault: { after: fault.step - 1, fault } } : {};
    const task = {
      ...{ kind: 'train', worker, workers: team[rank], order: 0, orderFrom: 0, byBlock: form === 'block' },
      ...{ tolerance: null, measuredEvery: 0, firstStep: 0, steps, stepsBefore: 0, l2: 0, ...own },
    };
    world.constants.set(task, `task of worker ${worker} of rank ${rank}`);
    const result = (yield* runAll(loop, function* () {
      return yield* awaitFlow(yield* run({ task, setup }));
    })) as Any;
    const notes = world.notes as unknown as Notes;
    const end = result.ok ? `${result.end} after ${result.steps}` : `fails: ${result.message}`;
    world.check(
      result.ok || fault !== null || kills > 0,
      'no loss',
      `worker ${worker} of rank ${rank} ${end}`,
    );
    if (result.ok && result.end !== 'poisoned') {
      notes.ends[rank] ||= end;
      world.check(
        notes.ends.every(other => other === '' || other === end),
        'decisions agree',
        `rank ${rank}: ${end}, others: ${notes.ends}`,
      );
    }
    return undefined;
  }

  /** What must hold of a rank that ended its segment. */
  function checkRank(world: World, memory: Shared): void {
    const notes = world.notes as unknown as Notes;
    const { rank } = memory;
    const end = notes.ends[rank]!;
    if (end === '') {
      world.check(
        fault !== null || world.allowed.kills < kills,
        'right end',
        `rank ${rank} ends with nothing`,
      );
      return;
    }
    const done = Number(/\d+$/.exec(end)![0]);
    const { w, losses } = expectedOf(done, all);
    world.check(
      end.startsWith('asked') ? notes.asked : done === steps,
      'right end',
      `rank ${rank} ends: ${end}`,
    );
    world.check(done <= notes.latest, 'stop is heeded', `rank ${rank} ends: ${end}, not ${notes.latest}`);
    const found = memory.w.values;
    world.check(String(found) === String(w), 'same weights', `rank ${rank} has ${found} ${end}, not ${w}`);
    const sums = memory['step/loss'].values.slice(0, done);
    world.check(String(sums) === String(losses), 'same sums', `rank ${rank} has ${sums}, not ${losses}`);
  }

  function* ask(world: World, control: Region): Flow {
    yield* atomics.store(control, words.STOP_WANTED!, 1);
    const notes = world.notes as unknown as Notes;
    notes.asked = true;
    // Worker 0 counts a step after the meeting that ends it, and may have read the word for the next one.
    notes.latest = ((yield* atomics.load(control, words.PROGRESS!)) as number) + 2;
    return undefined;
  }

  function* watch(world: World, memories: readonly Shared[]): Flow {
    const notes = world.notes as unknown as Notes;
    const ofRanks = memories.map(memory => {
      const setup = setupOf(world, memory);
      return [...Array(team[memory.rank]).keys()].map(worker => {
        const name = `worker ${worker} of rank ${memory.rank}`;
        const thread = world.spawn(name, work(world, memory, setup, worker));
        thread.mayBeKilled = memory.rank === 0 && kills > 0;
        return thread;
      });
    });
    const threads: Thread[] = ofRanks.flat();
    if (asks) threads.push(world.spawn('asker', ask(world, memories[0]!.control)));
    notes.phase = 'watch';
    yield new Watch(ofRanks[0]!);
    if (ofRanks[0]!.some(({ state }) => state === 'killed')) {
      const barrier = Object.create(program.link()('src/protocol/barrier.ts').Barrier.prototype);
      yield* barrier.$make(memories[0]!.control, team[0], 0);
      yield* barrier.poison();
    }
    notes.phase = 'join';
    yield new Joined(threads);
    for (const memory of memories) checkRank(world, memory);
    return undefined;
  }

  const extras = [
    asks && 'stop',
    fault && `${fault.kind} in ${fault.phase} ${fault.step} of rank ${fault.rank}`,
    kills > 0 && 'kill',
  ];
  return {
    name: [`ranks, ${team.join(' + ')} workers × ${steps}, ${form}`, ...extras.filter(Boolean)].join(', '),
    start(known) {
      const world = new World(known, { kills, wakes: false });
      world.words = new Map(Object.entries(words).map(([name, at]) => [at, name]));
      world.ignored = new Set(['$_sleeps', '$_patience']);
      network = new Network();
      Object.assign(world.notes, {
        ...{ network, asked: false, latest: Number.POSITIVE_INFINITY, phase: 'begin' },
        ends: team.map(() => ''),
      } satisfies Notes);
      const memories = team.map((_, rank): Shared => {
        const regions = Object.entries(lengths).map(([name, length]) => [
          name,
          world.region(`${name} of rank ${rank}`, length),
        ]);
        const control = world.control(`control of rank ${rank}`, WORDS);
        const memory = { ...Object.fromEntries(regions), control, rank } as Shared;
        for (let i = 0; i < all; i++) memory.w.values[i] = i + 1;
        return memory;
      });
      world.spawn('watcher', watch(world, memories));
      return world;
    },
  };
}
