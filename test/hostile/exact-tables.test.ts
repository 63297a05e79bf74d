/** Tables of texts that look like others, or like another type, are read as written, or refused. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../scripts/torture/tables/judge.js';
import { makeFolder } from '../data/files.js';
import { fc } from './arbitraries.js';
import { writtenTables } from './written.js';

const folder = makeFolder();
const NUM_RUNS = 60;

describe('a random table', () => {
  it('is read cell by cell as it was written, or refused with a sentence', async () => {
    let equal = 0;
    await fc.assert(
      fc.asyncProperty(writtenTables(folder), async table => {
        const verdict = await judge(table);
        if (verdict.verdict === 'equal') equal++;
        else if (verdict.verdict === 'different') {
          expect(verdict.problems.filter(({ grade }) => grade === 'wrong')).toEqual([]);
        }
      }),
      { numRuns: NUM_RUNS },
    );
    // Refusing everything would not be acceptable.
    expect(equal).toBeGreaterThan(NUM_RUNS / 5);
  });
});
