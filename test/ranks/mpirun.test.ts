import { describe, expect, it } from 'vitest';
import { describeMpirun, launchWords, localTemplate, namesRanks } from '../../src/ranks/mpirun.js';
import { MAKES } from './launch.js';

describe.each(MAKES)('$name', ({ name, words: [launcher] }) => {
  it('is known by what its mpirun says', () => {
    const found = describeMpirun(launcher!)!;
    expect(`${found.make} ${found.version}`).toBe(name);
    expect(namesRanks(localTemplate(found))).toBe(true);
    expect(launchWords(localTemplate(found), 3).slice(-2)).toEqual(['-np', '3']);
  });
});

it.each(['/nowhere/mpirun', 'true', 'node'])('takes %s for no launcher', program => {
  expect(describeMpirun(program)).toBeNull();
});

it('puts the number of ranks wherever a template names it', () => {
  expect(launchWords(' srun  -N{ranks} -n {ranks} ', 4)).toEqual(['srun', '-N4', '-n', '4']);
});
