/**
 * lockstep as one of the measured programs: answers the same requests as the Python peers (steps.py). Started by main.ts with
 * the options of its machine in JSON.
 */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { MachineOptions } from '../../src/session/machine.js';
import { DEFAULT_MACHINE } from '../../src/train/defaults.js';
import { readCell } from './problem.js';
import type { Answer, Request } from './process.js';
import { Trainer } from './trainer.js';

const emit = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

async function main(machine: Partial<MachineOptions>): Promise<void> {
  emit({ event: 'ready', versions: { 'Node.js': process.versions.node } });
  let trainer: Trainer | null = null;
  for await (const line of createInterface(process.stdin)) {
    const request = JSON.parse(line) as Request;
    if (request.do === 'open') {
      await trainer?.close();
      trainer = await Trainer.open(await readCell(request.folder), { ...DEFAULT_MACHINE, ...machine });
      await writeFile(request.after, await trainer.check());
      emit({ event: 'opened' });
    } else if (request.do === 'burst') {
      const burst = await trainer!.burst(request.seconds);
      emit({ event: 'burst', ...burst, description: trainer!.description });
    }
  }
  await trainer?.close();
}

await main(JSON.parse(process.argv[2] ?? '{}') as Partial<MachineOptions>);
