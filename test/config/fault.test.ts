import { expect, it } from 'vitest';
import { fault } from '../../src/config/fault.js';
import { optionsMarkdown } from '../../src/config/markdown.js';
import { defaults, writeSettings } from '../../src/config/settings.js';

it.each([
  ['1:20:update:exit', { worker: 1, step: 20, phase: 'update', kind: 'exit', times: 1 } as const],
  ['0:3:gradient:hang:3', { worker: 0, step: 3, phase: 'gradient', kind: 'hang', times: 3 } as const],
  ['0:3:validation:block', { worker: 0, step: 3, phase: 'validation', kind: 'block', times: 1 } as const],
  ['', undefined],
  ['1:20:update', undefined],
  ['1:20:lunch:exit', undefined],
  ['1:20:update:exit:0', undefined],
  ['-1:20:update:exit', undefined],
])('reads %s', (written, expected) => {
  expect(fault.read(written)).toEqual(expected);
  if (expected) expect(fault.read(fault.write!(expected))).toEqual(expected);
});

it('is left out of tables and records', () => {
  expect(optionsMarkdown()).not.toContain('inject-fault');
  const settings = { ...defaults(), injectFault: fault.read('1:20:update:exit')! };
  expect(writeSettings('train', settings)).not.toHaveProperty('inject-fault');
});
