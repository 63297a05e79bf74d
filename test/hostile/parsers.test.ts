/** Every parser against made-up bytes: it reads them, or refuses them by a LockstepError, and asks for no memory by a count that lies. */
import { describe, expect, it } from 'vitest';
import { TARGETS, type Target } from '../../scripts/torture/fuzz/targets.js';
import { damaged, fc } from './arbitraries.js';

describe.each(Object.entries(TARGETS))('%s', (_, target) => {
  it('is read where it is well-formed', async () => {
    for (const seed of target.seeds) {
      expect(await target.run(seed), Buffer.from(seed).toString('latin1')).toBe(true);
    }
  });

  it.each<[string, (target: Target) => fc.Arbitrary<Uint8Array>]>([
    ['any bytes', () => fc.uint8Array({ maxLength: 200 })],
    [
      'any text',
      () => fc.string({ unit: 'binary', maxLength: 200 }).map(text => new TextEncoder().encode(text)),
    ],
    ['any JSON', () => fc.json().map(text => new TextEncoder().encode(text))],
    ['what is damaged', ({ seeds, words }) => damaged(seeds, words)],
  ])('of %s is read or refused', async (_, inputs) => {
    await fc.assert(fc.asyncProperty(inputs(target), async input => void (await target.run(input))));
  });

  it.each(['[', '{"a":', '- ', '? ', '"'])('of %j without end is read or refused', async piece => {
    const lines = piece.repeat(1_000);
    for (const seed of [...target.seeds, new Uint8Array(0)]) {
      const text = new TextDecoder('latin1').decode(seed);
      await target.run(Buffer.from(text + lines, 'latin1'));
      await target.run(Buffer.from(lines + text, 'latin1'));
      await target.run(Buffer.from(text.replace(/\[[^[]*\]/, lines), 'latin1'));
    }
  });
});

it('a run is told from a crash', async () => {
  const broken: Target = { ...TARGETS.idx!, run: async () => Promise.reject(new RangeError('a crash')) };
  await expect(
    fc.assert(fc.asyncProperty(fc.uint8Array(), async input => void (await broken.run(input)))),
  ).rejects.toThrow('Property failed after 1 tests');
});
