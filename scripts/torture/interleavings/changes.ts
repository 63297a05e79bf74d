/**
 * Changes of the source, each with the property by which the checker finds it; null: it makes no difference, and the checker
 * must not object. A change is made to the text before it is transformed.
 */
import type { Change } from './program.js';

export interface SeededChange {
  name: string;
  changes: readonly Change[];
  property: string | null;
}

const BARRIER = 'src/protocol/barrier.ts';

function barrier(
  name: string,
  property: string | null,
  ...texts: [from: string, to: string][]
): SeededChange {
  return { name, property, changes: texts.map(([from, to]) => ({ path: BARRIER, from, to })) };
}

const STORE_ARRIVED = '    Atomics.store(this.#control, ARRIVED, 0);\n';
const STORE_STOP =
  '    Atomics.store(this.#control, STOP_AGREED, Atomics.load(this.#control, STOP_ASKED));\n';
const WAKE =
  '    if (Atomics.load(this.#control, SLEEPERS) > 0) Atomics.notify(this.#control, GENERATION);\n';
const END = '    if (found !== generation) return false;\n';
const COUNT =
  '    // Counted before the sleep: the party that ends the generation either sees the count and wakes us, or has changed the\n    // generation before our wait compares it, which then returns at once.\n    Atomics.add(this.#control, SLEEPERS, 1);\n';
const WAIT =
  '    while (Atomics.load(this.#control, GENERATION) === generation) {\n      Atomics.wait(this.#control, GENERATION, generation, LONGEST_SLEEP);\n    }\n';
const UNCOUNT =
  '    Atomics.sub(this.#control, SLEEPERS, 1);\n    return isNext(Atomics.load(this.#control, GENERATION), generation);\n  }\n\n  /** The same';
const SWAP =
  '    const found = Atomics.compareExchange(this.#control, GENERATION, generation, generation + 1);\n';
const ADD_ARRIVED = 'Atomics.add(this.#control, ARRIVED, 1) + 1 < this.#parties';
const MARK =
  '    Atomics.add(this.#control, GENERATION, POISON_MARK);\n    Atomics.notify(this.#control, GENERATION);\n';

const ASYNC_COUNT = '    Atomics.add(this.#control, SLEEPERS, 1);\n';
const ASYNC = `${ASYNC_COUNT}    while (Atomics.load(this.#control, GENERATION) === generation) {
      await`;

export const BARRIER_CHANGES: readonly SeededChange[] = [
  barrier(
    'sleep is counted after it',
    'no deadlock',
    [COUNT, ''],
    [WAIT, `${WAIT}    Atomics.add(this.#control, SLEEPERS, 1);\n`],
  ),
  barrier('woken before the generation changes', 'no deadlock', [WAKE, ''], [SWAP, WAKE + SWAP]),
  barrier('nobody is woken', 'no deadlock', [WAKE, '']),
  barrier('one sleeper is woken', 'no deadlock', [WAKE, WAKE.replace('GENERATION)', 'GENERATION, 1)')]),
  barrier('woken at another word', 'no deadlock', [WAKE, WAKE.replace(', GENERATION)', ', ARRIVED)')]),
  barrier('woken if more than one sleeps', 'no deadlock', [WAKE, WAKE.replace('> 0', '> 1')]),
  barrier(
    'arrivals forgotten after the generation changes',
    'nobody leaves early',
    [STORE_ARRIVED, ''],
    [END, END + STORE_ARRIVED],
  ),
  barrier('arrivals not forgotten', 'nobody leaves early', [STORE_ARRIVED, '']),
  barrier(
    'stop is agreed after the generation changes',
    'decisions agree',
    [STORE_STOP, ''],
    [END, END + STORE_STOP],
  ),
  barrier('stop is not agreed', 'stop is heeded', [STORE_STOP, '']),
  barrier('waits while the word has a wrong value', 'nobody spins', [
    WAIT,
    WAIT.replace(
      'wait(this.#control, GENERATION, generation,',
      'wait(this.#control, GENERATION, generation + 1,',
    ),
  ]),
  barrier('generation read after the arrival', 'no deadlock', [
    '    const generation = Atomics.load(this.#control, GENERATION);\n    // Read after the generation: a poisoning that comes later changes the generation.\n    if (Atomics.load(this.#control, POISONED) !== 0) return false;\n    if (Atomics.add(this.#control, ARRIVED, 1) + 1 < this.#parties) return generation;\n',
    '    if (Atomics.load(this.#control, POISONED) !== 0) return false;\n    const arrived = Atomics.add(this.#control, ARRIVED, 1) + 1;\n    const generation = Atomics.load(this.#control, GENERATION);\n    if (arrived < this.#parties) return generation;\n',
  ]),
  barrier('one party too few', 'ordered accesses', [
    ADD_ARRIVED,
    'Atomics.add(this.#control, ARRIVED, 1) + 2 < this.#parties',
  ]),
  barrier('one party too many', 'no deadlock', [
    ADD_ARRIVED,
    'Atomics.add(this.#control, ARRIVED, 1) < this.#parties',
  ]),
  barrier('arrival counted in two steps', 'no deadlock', [
    ADD_ARRIVED,
    '(Atomics.store(this.#control, ARRIVED, Atomics.load(this.#control, ARRIVED) + 1) as number) < this.#parties',
  ]),
  barrier('arrival counted without Atomics', 'ordered accesses', [
    ADD_ARRIVED,
    '++this.#control[ARRIVED]! < this.#parties',
  ]),
  barrier('leaves after one sleep', 'poison only', [
    WAIT,
    '    Atomics.wait(this.#control, GENERATION, generation, LONGEST_SLEEP);\n',
  ]),
  barrier('leaves without a sleep', 'poison only', [WAIT, '']),
  barrier('poison does not wake', 'no deadlock', [
    MARK,
    '    Atomics.add(this.#control, GENERATION, POISON_MARK);\n',
  ]),
  barrier('poison wakes before it marks', 'no deadlock', [
    MARK,
    '    Atomics.notify(this.#control, GENERATION);\n    Atomics.add(this.#control, GENERATION, POISON_MARK);\n',
  ]),
  barrier('poison does not mark', 'no deadlock', [MARK, '    Atomics.notify(this.#control, GENERATION);\n']),
  barrier('poison counts as a generation', 'ordered accesses', [MARK, MARK.replace('POISON_MARK', '1')]),
  barrier('poison marks as often as it is called', 'parties agree', [
    '    if (Atomics.exchange(this.#control, POISONED, 1) !== 0) return;\n',
    '    Atomics.store(this.#control, POISONED, 1);\n',
  ]),
  barrier('poison is seen only by those who wait', 'parties agree', [
    '    if (Atomics.load(this.#control, POISONED) !== 0) return false;\n',
    '',
  ]),
  barrier('poison is looked for before the generation is read', 'parties agree', [
    '    const generation = Atomics.load(this.#control, GENERATION);\n    // Read after the generation: a poisoning that comes later changes the generation.\n    if (Atomics.load(this.#control, POISONED) !== 0) return false;\n',
    '    if (Atomics.load(this.#control, POISONED) !== 0) return false;\n    const generation = Atomics.load(this.#control, GENERATION);\n',
  ]),
  barrier('a poisoned generation ends', 'parties agree', [
    SWAP + END,
    '    Atomics.add(this.#control, GENERATION, 1);\n',
  ]),
  barrier('late leavers see the poison alone', 'parties agree', [
    'return ((now ^ generation) & (POISON_MARK - 1)) !== 0;',
    'return now === generation + 1;',
  ]),
  barrier('reset leaves the arrivals', 'ordered accesses', [
    '[ARRIVED, GENERATION, SLEEPERS, POISONED, STOP_AGREED]',
    '[GENERATION, SLEEPERS, POISONED, STOP_AGREED]',
  ]),
  barrier('reset leaves the poison', 'poison only', [
    '[ARRIVED, GENERATION, SLEEPERS, POISONED, STOP_AGREED]',
    '[ARRIVED, GENERATION, SLEEPERS, STOP_AGREED]',
  ]),
  barrier('looks without a sleep', 'nobody spins', [
    WAIT,
    '    while (Atomics.load(this.#control, GENERATION) === generation) {}\n',
  ]),
  barrier('looks only once', 'poison only', ['      if (now === generation) continue;\n', '']),
  barrier('who does not block is not counted', 'no deadlock', [ASYNC, ASYNC.replace(ASYNC_COUNT, '')]),
  barrier('who does not block leaves after one wait', 'poison only', [ASYNC, ASYNC.replace('while', 'if')]),

  barrier('always wakes', null, [WAKE, '    Atomics.notify(this.#control, GENERATION);\n']),
  barrier(
    'stop is agreed before arrivals are forgotten',
    null,
    [STORE_ARRIVED, ''],
    [STORE_STOP, STORE_STOP + STORE_ARRIVED],
  ),
  barrier('sleeps without an end', null, [WAIT, WAIT.replace(', LONGEST_SLEEP', '')]),
  barrier('spins as long as at first', null, [
    '    this.#patience = Math.max(looks >> 1, this.#spins >> 6);\n',
    '',
  ]),
  barrier('sleepers are never counted off', null, [
    UNCOUNT,
    UNCOUNT.replace('    Atomics.sub(this.#control, SLEEPERS, 1);\n', ''),
  ]),
  barrier('reset leaves the sleepers', null, [
    '[ARRIVED, GENERATION, SLEEPERS, POISONED, STOP_AGREED]',
    '[ARRIVED, GENERATION, POISONED, STOP_AGREED]',
  ]),
  barrier('poison stays when the generation wraps', null, [
    'const POISON_MARK = 2 ** 30;',
    'const POISON_MARK = 2 ** 29;',
  ]),
];

/** A change that is tried in one training. */
export interface TrainingChange extends SeededChange {
  training: string;
}

function change(
  training: string,
  name: string,
  property: string | null,
  path: string,
  ...texts: [from: string, to: string][]
): TrainingChange {
  return { training, name, property, changes: texts.map(([from, to]) => ({ path, from, to })) };
}

const TRAIN = 'workers/train.ts';
const WORKER = 'workers/worker.ts';
const COLLECTIVE = 'src/protocol/collective.ts';
const POOL = 'src/threads/pool.ts';
const THREADS = 'src/threads/threads.ts';
const RECOVERY = 'src/session/recovery.ts';
const FIRST_MEETING = "    this.#meet('waiting');\n";
const SECOND_MEETING = "    this.#meet(this.#thread.setup.coordinates ? 'update' : 'waiting');\n";
const KEEP = 'if (this.#thread.worker === 0) this.#keep(this.#task.firstStep + done);';
const NOTE = '    Atomics.add(this.#control, PROGRESS, 1);\n';
const UPDATE = '    run.update(this.#registers);\n';
const POISON = '    barrier.poison();\n';

/** Changes of the workers, the pool and the recovery. */
export const TRAINING_CHANGES: readonly TrainingChange[] = [
  change('plain', 'no meeting after the gradient', 'ordered accesses', TRAIN, [FIRST_MEETING, '']),
  change('plain', 'no meeting after the update', 'ordered accesses', TRAIN, [SECOND_MEETING, '']),
  change('plain', 'one worker skips a meeting', 'ordered accesses', TRAIN, [
    FIRST_MEETING,
    "    if (this.#thread.worker > 0) this.#meet('waiting');\n",
  ]),
  change('plain', 'every worker counts a step', 'right step', TRAIN, [
    KEEP,
    'this.#keep(this.#task.firstStep + done);',
  ]),
  change(
    'throw',
    'a step counts before all have updated',
    'right step',
    TRAIN,
    [NOTE, ''],
    [UPDATE, UPDATE + NOTE.replace('Atomics', 'if (this.#thread.worker === 0) Atomics')],
  ),
  change('plain', 'no step counts', 'right step', TRAIN, [NOTE, '']),
  change('stop', 'steps are counted from 0', 'same weights', TRAIN, ['done : done + 1 };', 'done : done };']),
  change('stop', 'a worker decides by what is asked', 'decisions agree', COLLECTIVE, [
    'Atomics.load(this.#control, STOP_AGREED)',
    'Atomics.load(this.#control, 64)',
  ]),
  change('stop', 'only worker 0 stops', 'decisions agree', TRAIN, [
    'return this.#collective.isStopAgreed ?',
    'return this.#thread.worker === 0 && this.#collective.isStopAgreed ?',
  ]),
  change('throw', 'a poisoned meeting goes on', 'right step', COLLECTIVE, [
    'if (!this.#barrier.arrive()) throw new Poisoned();',
    'this.#barrier.arrive();',
  ]),
  change('throw', 'a worker that fails poisons nothing', 'no waiting', WORKER, [POISON, '']),
  change('throw', 'those who were poisoned report it as their error', 'right worker', WORKER, [
    "    if (error instanceof Poisoned) return { ok: true, end: 'poisoned', steps: 0 };\n",
    '',
  ]),
  change('exit', 'a lost thread poisons nothing', 'no waiting', POOL, [
    '    this.#job?.barrier.poison();\n',
    '',
  ]),
  change('plain', 'no thread is told of the job', 'no error', POOL, [
    '    this.#told = false;\n',
    '    this.#told = true;\n',
  ]),
  change('throw', 'the weights are not kept', 'same weights', RECOVERY, [' copy.set(slab);', '{}']),
  change('throw', 'the weights are not restored', 'same weights', RECOVERY, [' slab.set(copy);', '{}']),
  change('throw', 'the barrier is not reset', 'right end', THREADS, ['    this.#barrier.reset();\n', '']),
  change('plain', 'every segment begins at step 0', 'right step', THREADS, [
    'Atomics.store(this.#control, PROGRESS, steps | 0);',
    'Atomics.store(this.#control, PROGRESS, 0);',
  ]),

  change('late stop', 'nobody stops', 'stop is heeded', TRAIN, [
    '    if (end) return',
    '    if (false) return',
  ]),
  change('plain', 'nobody shows that it has begun', null, WORKER, [
    '    Atomics.add(control, PULSE, 1);\n',
    '',
  ]),
  change(
    'plain',
    'a step counts after the decision',
    null,
    TRAIN,
    [`    ${KEEP}\n`, ''],
    [
      "    return this.#collective.isStopAgreed ? 'asked' : null;",
      `    const end = this.#collective.isStopAgreed ? 'asked' : null;\n    ${KEEP}\n    return end;`,
    ],
  ),
  change('plain', 'stop is not taken back', null, THREADS, [
    '    Atomics.store(this.#control, STOP_WANTED, 0);\n',
    '',
  ]),
  change('exit', 'threads are given no time to leave', null, POOL, [
    'const GRACE_MILLISECONDS = 500;',
    'const GRACE_MILLISECONDS = 1;',
  ]),
];
