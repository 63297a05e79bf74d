/** Inputs made up by fast-check: always the same ones, as the search for new ones is the fuzzer's (scripts/torture/fuzz). */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20261125, numRuns: 60 });

export { fc };

/** One well-formed input with pieces cut out, put in twice, or replaced by others. */
export function damaged(seeds: readonly Uint8Array[], words: readonly string[]): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .constantFrom('', '0', '-1', '1e9', '1e400', '[', '{"', ...words)
      .map(word => new TextEncoder().encode(word)),
  );
  const edit = fc.record({ at: fc.nat(), removed: fc.nat({ max: 12 }), piece });
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([seed, edits]) =>
      edits.reduce((input, { at, removed, piece }) => {
        const begin = at % (input.length + 1);
        return Uint8Array.from([...input.subarray(0, begin), ...piece, ...input.subarray(begin + removed)]);
      }, seed),
    );
}
