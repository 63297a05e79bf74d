import { expect, it } from 'vitest';
import { inFlags } from '../../../src/config/flags.js';
import { mergeHints } from '../../../src/data/table/column-hints.js';

const leave = 'Leave it out: --ignore x.';

it('names each option once, with all columns that need it', () => {
  const columns = [
    ...['a', 'b', 'c', 'd', 'e', 'two words'].map(name => ({
      name,
      hint: '',
      cure: { kind: 'numeric' as const },
    })),
    { name: 'x', hint: leave },
    { name: 'm', hint: '', cure: { kind: 'marks' as const, marks: ['None', '-'] } },
    { name: 'n', hint: '', cure: { kind: 'marks' as const, marks: ['-', '..'] } },
    { name: 'p', hint: '', cure: { kind: 'decimal' as const, sign: ',' as const } },
    { name: 'q', hint: 'Write it as 2024-01-31.' },
  ];
  expect(mergeHints(columns).map(inFlags)).toEqual([
    "Add --numeric 'a,b,c,d,e,two words' to read them as numbers, or --categorical 'a,b,c,d,e,two words' to keep the texts.",
    'Add --na-values None,-,.. --missing mean, or --categorical m,n to keep the texts.',
    "Add --decimal ',', or --categorical p to keep the texts.",
    'Write it as 2024-01-31.',
  ]);
});

it('gives no separate hint for columns that can only be left out', () => {
  expect(mergeHints([{ name: 'x', hint: leave }])).toEqual([]);
});
