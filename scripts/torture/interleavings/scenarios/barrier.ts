/**
 * Parties meet at the barrier, generation after generation. Meanwhile one thread may ask to stop, another may poison the barrier,
 * and a party may be killed. When all have ended the barrier is reset, and new parties meet.
 */
import { atomics } from '../atomics.js';
import { Loop } from '../event-loop.js';
import type { Region } from '../memory.js';
import type { Program } from '../program.js';
import { awaitFlow, runAll } from '../promises.js';
import type { Any, Flow } from '../runtime.js';
import type { Scenario } from '../search.js';
import { running, World } from '../world.js';
import { Joined, Watch } from './watching.js';

export interface BarrierFacts {
  parties: number;
  generations: number;
  /** Checks before sleeping. */
  spins: number;
  /** How often the barrier is poisoned, at any time. */
  poisons: number;
  /** Whether somebody asks to stop, at any time. */
  asks: boolean;
  kills: number;
  /** Whether the first party must not block, as the coordinator. */
  isAsync?: boolean;
}

/** Modules that are transformed. */
export const BARRIER_MODULES = [
  'src/protocol/barrier.ts',
  'src/protocol/control.ts',
  'src/protocol/collective.ts',
] as const;

export const BARRIER_STAND_INS = {
  'src/model/plan.ts': { viewOf: (_: unknown, memory: Any) => memory.control },
  'src/model/tree.ts': { sumByTree: () => 0 },
};

const WORDS = 9 * 16;
/** Generations after the barrier was reset. */
const LATER = 1;

/** What happened so far, to compare it with. */
interface Notes {
  /** Generation of each party. */
  ofAt: number[];
  entered: number[];
  /** For each generation: whether all arrived, and whether to stop, as the first to leave it has found. */
  arrived: (boolean | null)[];
  stops: (boolean | null)[];
  /** Whether somebody entered after the question was asked. */
  mustStop: boolean[];
  asked: boolean;
  poison: 'none' | 'begun' | 'done';
  phase: string;
  life: number;
}

export function barrierScenario(program: Program, facts: BarrierFacts): Scenario {
  const { parties, generations, spins, poisons, asks, kills, isAsync = false } = facts;
  const link = program.link();
  const { Barrier } = link('src/protocol/barrier.ts');
  const { Collective, Poisoned } = link('src/protocol/collective.ts');
  const words = link('src/protocol/control.ts') as Record<string, number>;
  const names = new Map(Object.entries(words).map(([name, at]) => [at, name]));

  function* party(world: World, memory: { control: Region; cells: Region }, me: number, last: number): Flow {
    const notes = world.notes as unknown as Notes;
    const barrier = new Barrier();
    yield* barrier.$make(memory.control, parties, spins);
    const collective = new Collective();
    yield* collective.$make(null, memory, barrier);
    for (let generation = 0; generation < last; generation++) {
      notes.ofAt[me] = generation;
      // The cells of two generations, so that nobody has to wait before it writes the next one.
      const row = (generation % 2) * parties;
      memory.cells[row + me] = generation + 1;
      notes.entered[generation]!++;
      const poisonedBefore = notes.poison === 'done';
      if (notes.asked) notes.mustStop[generation] = true;
      const all = yield* isAsync && me === 0 ? meetsAsync(collective) : meets(collective);
      notes.arrived[generation] ??= all;
      world.check(
        all === notes.arrived[generation],
        'parties agree',
        `all arrived: ${all} for party ${me}, but not for another`,
      );
      if (!all) {
        world.check(
          notes.poison !== 'none',
          'poison only',
          `party ${me} leaves generation ${generation} unpoisoned`,
        );
        return undefined;
      }
      world.check(!poisonedBefore, 'poison frees all', `party ${me} passes the poisoned barrier`);
      const { entered } = notes;
      world.check(
        entered[generation] === parties,
        'nobody leaves early',
        `party ${me} leaves generation ${generation}, which ${entered[generation]} of ${parties} have entered`,
      );
      for (let other = 0; other < parties; other++) {
        const found = memory.cells[row + other];
        world.check(
          found === generation + 1,
          'nobody leaves early',
          `party ${me} reads ${found} of party ${other}`,
        );
      }
      const stops = (yield* collective.$get_isStopAgreed()) as boolean;
      notes.stops[generation] ??= stops;
      world.check(
        stops === notes.stops[generation],
        'decisions agree',
        `stop: ${stops} for party ${me}, but not for another`,
      );
      world.check(stops || !notes.mustStop[generation], 'stop is heeded', `generation ${generation} goes on`);
      world.check(!stops || notes.asked, 'stop is asked', `generation ${generation} stops`);
      if (stops) return undefined;
    }
    return undefined;
  }

  function* meets(collective: Any): Generator<unknown, boolean, Any> {
    try {
      yield* collective.meet();
      return true;
    } catch (error) {
      if (error instanceof Poisoned) return false;
      throw error;
    }
  }

  function* meetsAsync(collective: Any): Generator<unknown, boolean, Any> {
    try {
      yield* awaitFlow(yield* collective.meetAsync());
      return true;
    } catch (error) {
      if (error instanceof Poisoned) return false;
      throw error;
    }
  }

  /** Runs a party in an event loop. */
  function* inLoop(world: World, body: () => Flow): Flow {
    const loop = new Loop(world);
    running.thread!.loop = loop;
    return yield* runAll(loop, function* () {
      return yield* body();
    });
  }

  function* ask(world: World, control: Region): Flow {
    yield* atomics.store(control, words.STOP_ASKED!, 1);
    (world.notes as unknown as Notes).asked = true;
    return undefined;
  }

  function* poison(world: World, barrier: Any, times: number): Flow {
    const notes = world.notes as unknown as Notes;
    notes.poison = 'begun';
    for (let time = 0; time < times; time++) {
      notes.phase = `poison ${time}`;
      yield* barrier.poison();
    }
    notes.poison = 'done';
    return undefined;
  }

  function* coordinate(world: World): Flow {
    const notes = world.notes as unknown as Notes;
    const control = world.control('control', WORDS);
    const cells = world.region('cells', 2 * parties);
    const memory = { control, cells };
    world.constants.set(memory, 'memory');
    const barrier = new Barrier();
    yield* barrier.$make(control, parties, 0);
    for (const [life, last] of [generations, LATER].entries()) {
      notes.life = life;
      const threads = [...Array(parties).keys()].map(me => {
        const role = life > 0 ? 'party again' : 'party';
        const run = () => party(world, memory, me, last);
        const blocks = !isAsync || me > 0;
        const flow = blocks ? run() : inLoop(world, run);
        const thread = world.spawn(`${role} ${me}`, flow, isAsync ? null : role);
        thread.mayBeKilled = life === 0 && blocks;
        return thread;
      });
      if (life > 0) {
        yield new Joined(threads);
        return undefined;
      }
      const others = asks ? [world.spawn('asker', ask(world, control))] : [];
      if (poisons > 0) others.push(world.spawn('poisoner', poison(world, barrier, poisons)));
      notes.phase = 'watch';
      yield new Watch(threads);
      if (threads.some(({ state }) => state === 'killed')) {
        notes.phase = 'poison';
        notes.poison = 'begun';
        yield* barrier.poison();
        notes.poison = 'done';
        notes.phase = 'poisoned';
      }
      yield new Joined([...threads, ...others]);
      notes.phase = 'reset';
      yield* barrier.reset();
      control.values[words.STOP_ASKED!] = 0;
      Object.assign(notes, begin());
    }
    return undefined;
  }

  function begin(): Notes {
    const all = <T>(value: T): T[] => new Array<T>(generations).fill(value);
    return {
      ofAt: new Array<number>(parties).fill(0),
      entered: all(0),
      arrived: all<boolean | null>(null),
      stops: all<boolean | null>(null),
      mustStop: all(false),
      ...{ asked: false, poison: 'none', phase: 'begin', life: 0 },
    };
  }

  const extras = [
    `${spins} spins`,
    isAsync && 'one does not block',
    asks && 'stop',
    poisons > 0 && `poison × ${poisons}`,
    kills > 0 && `kill × ${kills}`,
  ];
  return {
    cells: [...Array(parties).keys()].map(me => [me, parties + me]),
    name: `barrier, ${parties} × ${generations}, ${extras.filter(Boolean).join(', ')}`,
    start(known) {
      const world = new World(known, { kills, wakes: true });
      world.words = names;
      // Without spins, all that a party's sleeps change is how many times none it spins.
      if (spins === 0) world.ignored = new Set(['$_sleeps', '$_patience']);
      Object.assign(world.notes, begin());
      world.spawn('coordinator', coordinate(world));
      return world;
    },
  };
}
