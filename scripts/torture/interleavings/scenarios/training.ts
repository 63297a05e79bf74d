/**
 * A training: the coordinator takes segments of steps, with the real pool, watch and recovery; threads run the real worker with
 * passes that only read and write what the passes of a step do. A worker fails, hangs or is killed, and somebody asks to stop.
 */
import * as errors from '../../../../src/errors.js';
import type { Registers } from '../../../../src/model/operations.js';
import * as names from '../../../../src/option-names.js';
import type { Fault } from '../../../../src/protocol/fault.js';
import { Loop, loop, Port } from '../event-loop.js';
import { fakePiscina, type PoolSetting } from '../fake-pool.js';
import type { Region } from '../memory.js';
import { buildProgram, type Change, type Program } from '../program.js';
import { awaitFlow, runAll } from '../promises.js';
import type { Any, Flow } from '../runtime.js';
import type { Scenario } from '../search.js';
import { setTimeoutPromise } from '../timers.js';
import { World } from '../world.js';
import { viewOf, WORKER_STAND_INS } from './stand-ins.js';
import { COLUMNS, gradientOf, slotsOf, sumOf, updated } from './step.js';

type TrainingFault = Pick<Fault, 'worker' | 'step' | 'phase' | 'kind'>;

export interface TrainingFacts {
  workers: number;
  /** Steps of each segment. */
  segments: readonly number[];
  fault: TrainingFault | null;
  /** Whether somebody asks to stop, at any time. */
  asks: boolean;
  kills: number;
}

const MODULES = [
  ...['barrier', 'control', 'collective', 'metrics', 'tasks'].map(name => `src/protocol/${name}.ts`),
  ...['threads', 'pool', 'start-threads', 'stall', 'settled', 'idle-pools'].map(
    name => `src/threads/${name}.ts`,
  ),
  ...['steps', 'recovery'].map(name => `src/session/${name}.ts`),
  ...['worker', 'train', 'fault'].map(name => `workers/${name}.ts`),
];

const STALL_SECONDS = 60;

/** What is noted of a run. */
interface Notes {
  phase: string;
  /** Results of the workers in the current segment. */
  results: string[];
  losses: string[];
  asked: boolean;
  /** Step with which a training that was asked to stop must end. */
  latest: number;
}

type Shared = Record<'control' | 'w' | 'gw' | 'metrics' | 'change' | 'step/loss' | 'step/right', Region>;

let setting: PoolSetting;

/** The parts of the program that are not transformed. */
function standIns(): Record<string, Record<string, unknown>> {
  const nothing = () => undefined;
  return {
    ...WORKER_STAND_INS,
    'src/errors.ts': { ...errors },
    'src/option-names.ts': { ...names },
    'src/limits.ts': { problemOfMoreThreads: () => null, hintOfAddresses: () => '' },
    'src/model/optimizer.ts': { searches: () => false },
    'src/model/plan.ts': {
      viewOf,
      entryOf: (plan: Any, name: string) => ({ dtype: 'f64', offset: 0, shape: plan[name] ?? [1] }),
      findEntry: nothing,
    },
    'src/model/team.ts': { countWorkers: nothing, firstWorkerOf: nothing },
    'src/protocol/steps.ts': {
      beginStep(registers: Any, _: unknown, task: Any, done: number) {
        Object.assign(registers, {
          shards: task.workers,
          batch: task.workers,
          step: task.stepsBefore + done + 1,
        });
      },
    },
    'src/threads/system-threads.ts': { CpuWaits: NoWaits },
    'src/threads/hang-report.ts': { writeHangReport: nothing },
    'src/kernels/native/code-regions.ts': { CodeRegions: class {} },
    'src/kernels/native/executable.ts': { NoNativeCode: class {}, noteCodeIn: nothing, releaseCode: nothing },
    'src/session/extents.ts': {
      EpochExtents: class {
        weights() {}
      },
    },
    'src/session/orders.ts': { EpochOrders },
    'src/session/phases.ts': { measuredEvery: () => 0 },
    'src/session/windows.ts': { Windows: class {} },
    'src/threads/coordinator.ts': { updateSteps: nothing },
    'workers/thread.ts': { Thread: StubThread },
    'node:fs': { existsSync: () => true },
    'node:url': { fileURLToPath: String },
    'node:timers/promises': { setTimeout: setTimeoutPromise },
    piscina: { Piscina: fakePiscina(() => setting) },
  };
}

/** No thread waits for a CPU. */
class NoWaits {
  take(): number {
    return 0;
  }
}

class EpochOrders {
  plan(): 0 {
    return 0;
  }
}

/** Gradient pass: reads w, writes its slab and its metrics. Update pass: reads all slabs, writes its slice of w. */
class StubThread {
  readonly setup: Any;
  readonly worker: number;
  notice = null;
  noise = null;
  clock = null;
  readonly trail = { begin() {}, beginStep() {}, note() {} };
  readonly changeSlot: number;
  readonly metrics: Any;

  constructor(setup: Any, worker: number) {
    this.setup = setup;
    this.worker = worker;
    this.changeSlot = worker;
    this.metrics = setup.slots('metrics');
  }

  begin(): void {}

  stepRuns() {
    const { setup, worker } = this;
    const { w, gw, metrics, change } = setup.memory as Shared;
    return {
      gradient({ step }: Registers) {
        const sum = sumOf(w);
        gw[worker] = gradientOf(sum, worker, step);
        metrics[worker * COLUMNS] = sum;
        metrics[worker * COLUMNS + 1] = 0;
      },
      update() {
        w[worker] = updated(w[worker]!, sumOf(gw));
        change[worker] = 1;
      },
    };
  }
}

/** The weights after some steps, without threads. */
function weightsAfter(steps: number, workers: number): number[] {
  let w = Array.from({ length: workers }, (_, i) => i + 1);
  for (let step = 1; step <= steps; step++) {
    const sum = w.reduce((a, b) => a + b);
    const g = w.map((_, worker) => gradientOf(sum, worker, step)).reduce((a, b) => a + b);
    w = w.map(one => updated(one, g));
  }
  return w;
}

export function trainingProgram(changes: readonly Change[] = []): Program {
  return buildProgram(MODULES, standIns(), changes);
}

export function trainingScenario(program: Program, facts: TrainingFacts): Scenario {
  const { workers, segments, fault, asks, kills } = facts;
  const plan = { metrics: [workers, COLUMNS], change: [workers], slabBytes: 0 };
  const words = program.link()('src/protocol/control.ts') as Record<string, number>;
  const shared = program.link()('src/protocol/collective.ts');
  const wordNames = new Map(Object.entries(words).map(([name, at]) => [at, name]));

  function* main(world: World, memory: Shared): Flow {
    const notes = world.notes as unknown as Notes;
    const link = program.link();
    const setup = {
      ...{
        memory,
        plan,
        workers,
        optimizer: {},
        noiseScale: false,
        coordinates: false,
        spins: 0,
        ranks: null,
      },
      slots: (name: string) => slotsOf(shared, plan, memory, name),
    };
    for (const constant of [setup, plan, memory, setup.slots]) world.constants.set(constant, 'setup');
    const threads = Object.create(link('src/threads/threads.ts').Threads.prototype);
    yield* threads.$make(setup, STALL_SECONDS);
    const session = {
      ...{
        threads,
        isShared: false,
        mostWorkers: workers,
        slabs: [memory.w],
        bytesPerRow: 0,
        storedBy: null,
      },
      ...{ readWindows: () => null, rowWeights: () => null, view: () => null },
      *train(_: number, task: object): Flow {
        return yield* threads.train({
          kind: 'train',
          byBlock: false,
          shards: workers,
          microBatch: 1,
          ...task,
        });
      },
    };
    const steps = Object.create(link('src/session/steps.ts').Steps.prototype);
    const options = { batches: BATCHES, shuffle: false, seed: 0, reduction: 'mean', l2: 0, tolerance: null };
    yield* steps.$make(session, { ...options, fault: fault && { ...fault, times: 1 } });
    if (asks) {
      new Port('the user', loop()).post(
        'a question',
        function* () {
          notes.asked = true;
          yield* threads.askToStop();
          // Worker 0 counts a step after the meeting that ends it, at which the question may have come too late.
          notes.latest = memory.control.values[words.PROGRESS!]! + 2;
          return undefined;
        },
        [],
        null,
      );
    }
    let done = 0;
    for (const [i, length] of segments.entries()) {
      notes.phase = `segment ${i}`;
      notes.results.length = 0;
      const segment = { epoch: 1, firstStep: done, stepsBefore: done, steps: length, learningRate: 1 };
      const taken = (yield* awaitFlow(yield* steps.take(segment, lost))) as Any;
      done += taken.steps;
      const expected = weightsAfter(done, workers);
      const found = expected.map((_, worker) => memory.w[worker]);
      world.check(
        String(found) === String(expected),
        'same weights',
        `${found} after step ${done}, not ${expected}`,
      );
      const progress = (yield* threads.$get_progress()) as number;
      world.check(progress === done, 'right step', `progress is ${progress} after step ${done}`);
      world.check(taken.end === 'done' || notes.asked, 'right end', `it ends: ${taken.end}`);
      world.check(done <= notes.latest, 'stop is heeded', `it ends after step ${done}, not ${notes.latest}`);
      if (taken.end === 'asked') break;
      world.check(taken.steps === length, 'right step', `${taken.steps} steps of ${length}`);
    }
    notes.phase = 'close';
    yield* awaitFlow(yield* threads.close());
    yield* awaitFlow(yield* link('src/threads/idle-pools.ts').idlePools.closeAll());
    return undefined;

    function lost({ worker, step, times }: { worker: number | null; step: number; times: number }): void {
      notes.losses.push(`${worker} ${step} ${times}`);
      notes.results.length = 0;
      if (fault?.kind !== 'hang')
        world.check(world.now === 0, 'no waiting', `a loss is noticed after ${world.now} ms`);
      if (fault && kills === 0)
        world.check(
          step === fault.step,
          'right step',
          `the loss is reported at step ${step}, not ${fault.step}`,
        );
      if (fault && fault.kind !== 'hang' && kills === 0)
        world.check(
          worker === fault.worker,
          'right worker',
          `worker ${worker} is reported, not ${fault.worker}`,
        );
      world.check(fault !== null || kills > 0, 'no loss', `worker ${worker} is lost at step ${step}`);
    }
  }

  const extras = [
    asks && 'stop',
    fault && `${fault.kind} in ${fault.phase} ${fault.step}`,
    kills > 0 && `kill × ${kills}`,
  ];
  return {
    name: `training, ${workers} × ${segments.join(' + ')}${extras
      .filter(Boolean)
      .map(text => `, ${text}`)
      .join('')}`,
    start(known) {
      const world = new World(known, { kills, wakes: true });
      world.words = wordNames;
      world.ignored = new Set(['$_sleeps', '$_patience']);
      Object.assign(world.notes, {
        phase: 'begin',
        results: [],
        losses: [],
        asked: false,
        latest: Number.POSITIVE_INFINITY,
      } satisfies Notes);
      const memory: Shared = {
        control: world.control('control', 9 * 16),
        w: world.region('w', workers),
        gw: world.region('gw', workers),
        metrics: world.region('metrics', workers * COLUMNS),
        change: world.region('change', workers),
        'step/loss': world.region('step/loss', 8),
        'step/right': world.region('step/right', 8),
      };
      for (let i = 0; i < workers; i++) memory.w.values[i] = i + 1;
      const notes = world.notes as unknown as Notes;
      setting = {
        world,
        link: () => program.link(),
        mayBeKilled: kills > 0,
        onResult(result) {
          if (!result.ok || result.end === 'poisoned') return;
          const text = `${result.end} after ${result.steps}`;
          if (notes.results.length === 0) notes.results.push(text);
          world.check(
            notes.results[0] === text,
            'decisions agree',
            `one worker: ${notes.results[0]}, another: ${text}`,
          );
        },
      };
      const loop = new Loop(world);
      world.spawn(
        'coordinator',
        runCoordinator(world, loop, () => main(world, memory)),
      );
      return world;
    },
  };
}

const BATCHES = { stepsIn: () => 8, sizeIn: () => 1 };

function* runCoordinator(world: World, loop: Loop, main: () => Flow): Flow {
  world.threads[0]!.loop = loop;
  return yield* runAll(loop, function* () {
    return yield* main();
  });
}
