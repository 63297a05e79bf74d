/** Changes of the barrier. */
import type { SeededChange } from './seeded.js';

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
