/** Changes of the exchange between ranks. */
import { change, type NamedChange } from './seeded.js';

const EXCHANGE = 'workers/exchange.ts';
const READ_ONCE = '    let stops = Atomics.load(this.#control, STOP_WANTED) !== 0;\n';

export const RANKS_CHANGES: readonly NamedChange[] = [
  change('stop', 'the word is read again after it was sent', 'decisions agree', EXCHANGE, [
    'this.#sums.pack(rank, shardsOf(rank), stops);',
    'this.#sums.pack(rank, shardsOf(rank), stops); stops = Atomics.load(this.#control, STOP_WANTED) !== 0;',
  ]),
  change(
    'stop',
    'a rank does not heed its own word',
    'decisions agree',
    EXCHANGE,
    [READ_ONCE, 'const own = Atomics.load(this.#control, STOP_WANTED) !== 0; let stops = false;\n'],
    ['shardsOf(rank), stops);', 'shardsOf(rank), own);'],
  ),
  change('stop', 'what another rank wants is not heeded', 'decisions agree', EXCHANGE, [
    'shardsOf(other))) stops = true;',
    'shardsOf(other))) stops = stops;',
  ]),
  change('two steps', 'nobody waits for messages', 'right end', EXCHANGE, ['    this.#wait();\n  }', '  }']),
  change('whole', 'nothing is received', 'no loss', EXCHANGE, [
    'this.#exchange.receive(other, begin, end - begin, tag);',
    '{}',
  ]),
  change('whole', 'sums are kept in the wrong shards', 'same sums', EXCHANGE, [
    'this.#sums.unpack(other, shardsOf(other))',
    'this.#sums.unpack(other, shardsOf(rank))',
  ]),
  change('whole', 'gradients of the wrong rank are sent', 'same weights', EXCHANGE, [
    'folding.nodes[from]!',
    'folding.nodes[rank]!',
  ]),
  change('throw', 'a rank that is silent is waited for without end', 'no deadlock', EXCHANGE, [
    'if (waited > patience) throw this.#lost();',
    '',
  ]),
  change('throw', 'a sign of life after each nap', null, EXCHANGE, [
    'const NAPS_PER_PULSE = 20;',
    'const NAPS_PER_PULSE = 1;',
  ]),
];
