/**
 * The kernels that --backend native generates for a step of a network: one worker's passes, bound as a thread binds them, run
 * over an arena by a runner that lists the code it is given instead of running it.
 */
import { bindRows } from '../../workers/bind-rows.js';
import { bindPass } from '../../workers/run-pass.js';
import { FUSED_BYTES, isFused } from '../kernels/fused.js';
import type { InstructionSet } from '../kernels/native/instruction-set.js';
import { nativeKernels } from '../kernels/native/native.js';
import type { CodeRunner, Generated } from '../kernels/native/runner.js';
import { NATIVE_SCRATCH_BYTES } from '../kernels/native/thread-code.js';
import { type WasmBuild, wasmKernels } from '../kernels/wasm.js';
import { type StepChoice, stepOf } from '../model/lone-step.js';
import type { Network } from '../model/network.js';
import { isOfUpdate, type Operation, Registers } from '../model/operations.js';
import { entryOf } from '../model/plan.js';
import { teamOf } from '../model/team.js';
import { Slots } from '../protocol/collective.js';
import { cutBatch, setSlabs } from '../protocol/steps.js';
import { UpdateKernels } from '../protocol/update.js';

/** One kernel as it would be generated. */
export interface NativeKernel extends Generated {
  /** Of its first use: `layer-1-product`. */
  name: string;
  code: Uint8Array;
}

const PAGE_BYTES = 65_536;

/** Those of the product that tells the class of arithmetic, and of a step of one worker, each once. */
export function nativeKernelsOf(
  network: Network,
  choice: Omit<StepChoice, 'backend'>,
  instructionSet: InstructionSet,
  build: WasmBuild,
): NativeKernel[] {
  const { passes, plan, cut, byBlock } = stepOf(network, { ...choice, backend: 'native' });
  const pages = Math.ceil((plan.bytes + FUSED_BYTES) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const list = new KernelList();
  const scratch = entryOf(plan, 'worker0/kernels').offset;
  const wasm = wasmKernels(build, memory, scratch + NATIVE_SCRATCH_BYTES);
  const kernels = nativeKernels(instructionSet, wasm, memory, scratch, list);
  list.use = 'arithmetic';
  isFused(kernels.product, memory, plan.bytes);

  const { optimizer } = choice;
  const metrics = new Slots(plan, memory, 'metrics');
  const rowNorms = new Float64Array(cut.shards);
  const rows = { kernels, memory, metrics, noise: null, rowNorms };
  const change = new Slots(plan, memory, 'change').offsetOf(0);
  const update = new UpdateKernels(kernels, { change, network, plan, memory, optimizer, noiseScale: false });
  const bind = (operation: Operation) => {
    const { kind } = operation;
    if (kind === 'barrier' || kind === 'pulse' || kind === 'exchange' || kind === 'spread') return null;
    // Some code is generated when an operation is bound, other code when it is first run.
    list.use = useOf(operation);
    const run = isOfUpdate(operation) ? update.bind(operation) : bindRows(operation, rows);
    return (registers: Registers) => {
      list.use = useOf(operation);
      run(registers);
    };
  };
  const registers = new Registers();
  cutBatch(registers, cut, teamOf(1));
  setSlabs(registers, byBlock, plan.slabBytes);
  registers.step = 1;
  for (const pass of [passes.gradient, passes.update]) {
    bindPass(pass, { workers: 1, worker: 0 }, bind, null, null)(registers);
  }
  return list.kernels;
}

/** What an operation's kernels are for: `layer-1`. */
function useOf(operation: Operation): string {
  const { kind } = operation;
  if (isOfUpdate(operation) || kind === 'fold') return 'update';
  return 'layer' in operation ? `${kind}-${operation.layer}` : kind;
}

class KernelList implements CodeRunner {
  readonly kernels: NativeKernel[] = [];
  /** What the next code is for. */
  use = '';
  readonly #names = new Map<string, number>();

  place(code: Uint8Array, generated?: Generated): number {
    const words = generated!.kernel
      .replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
      .replace(/ /g, '-');
    const name = this.use.startsWith(words) ? this.use : `${this.use}-${words}`;
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    this.kernels.push({ ...generated!, name: count === 1 ? name : `${name}-${count}`, code });
    return this.kernels.length;
  }

  run(): void {}

  addressOf(): number {
    return 0;
  }
}
