/** Views beside a training. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Views } from '../../src/views/views.js';
import { makeFolder } from '../store/folder.js';

it('loses the views once, and not the training, if the files of the run cannot be read', async () => {
  const said: string[] = [];
  const dropped: string[] = [];
  const unused = async () => {
    throw new Error('nobody calls it');
  };
  const view = {
    name: 'a view',
    begin: unused,
    add: unused,
    end: unused,
    drop: () => dropped.push('a view'),
  };
  const run = join(makeFolder(), 'missing');
  const views = new Views(run, [view], ({ name }, problem) => said.push(`${name}: ${problem}`));
  await views.begin();
  views.add({ epoch: 1 });
  await views.end('finished');
  expect(said).toEqual([`a view: ${run}: expected the folder of a run, got nothing there`]);
  expect(dropped).toEqual(['a view']);
});
