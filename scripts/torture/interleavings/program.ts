/** The modules of lockstep as the checker runs them: read from src/ and workers/, changed if asked, transformed, linked. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atomics } from './atomics.js';
import { PARAMETERS } from './modules.js';
import { parseAll } from './parse.js';
import { awaitFlow, ModelPromise, startAsync } from './promises.js';
import { type Any, closure, Frame, sync } from './runtime.js';
import { globals } from './timers.js';
import { gettersIn, transform } from './transform.js';
import { exitFlow, running } from './world.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** A change of one file's text, to see whether the checker notices. */
export interface Change {
  path: string;
  from: string;
  to: string;
}

type Exports = Record<string, unknown>;
type Factory = (...args: unknown[]) => void;

export class Program {
  readonly #modules: ReadonlyMap<string, Module>;
  /** Modules that are not transformed, by path: what stands in for them. */
  readonly #standIns: Readonly<Record<string, Exports>>;
  /** Modules that all threads share, because they have no variables that change. */
  readonly #shared = new Map<string, Exports>();
  readonly #withState = new Map<string, boolean>();

  constructor(modules: ReadonlyMap<string, Module>, standIns: Readonly<Record<string, Exports>>) {
    this.#modules = modules;
    this.#standIns = standIns;
  }

  /** Modules as one thread has them. */
  link(): (path: string) => Any {
    const own = new Map<string, Exports>();
    const link = (path: string): Exports => {
      const known = this.#standIns[path] ?? this.#shared.get(path) ?? own.get(path);
      if (known) return known;
      const module = this.#modules.get(path);
      if (!module) throw new Error(`${path}: expected a module that is transformed or stood in for`);
      const exports: Exports = {};
      (this.#hasState(path) ? own : this.#shared).set(path, exports);
      const load = (specifier: string) => link(resolve(path, specifier));
      const given: Exports = {
        ...globals,
        $import: load,
        $export: exports,
        $rt: {
          ...RUNTIME,
          load: (specifier: string) => ModelPromise.resolve(load(specifier)),
          state: (values: () => unknown[]) => own.has(path) && running.thread?.modules.push(values),
        },
        $meta: { path, url: `file:///${path}` },
        Atomics: atomics,
        // What a pool does in the next tick matters only if the system refuses it a thread.
        process: { emitWarning() {}, exit: exitFlow, nextTick() {} },
      };
      module.run(...PARAMETERS.map(name => given[name]));
      return exports;
    };
    return link;
  }

  /** Whether a module, or one that it imports, has variables that change. */
  #hasState(path: string): boolean {
    const known = this.#withState.get(path);
    if (known !== undefined) return known;
    const module = this.#modules.get(path);
    const result =
      module !== undefined &&
      (module.hasState || module.imports.some(specifier => this.#hasState(resolve(path, specifier))));
    this.#withState.set(path, result);
    return result;
  }
}

interface Module {
  run: Factory;
  hasState: boolean;
  imports: readonly string[];
}

/** Frames of the flow that runs. */
const RUNTIME = {
  sync,
  closure,
  async: startAsync,
  await: awaitFlow,
  enter(key: string): Frame {
    const frame = new Frame(key);
    running.stack.push(frame);
    return frame;
  },
  leave(frame: Frame): void {
    if (running.stack.at(-1) === frame) running.stack.pop();
  },
};

/** @param paths of the modules to transform @throws Error if a text to change is not there exactly once */
export function buildProgram(
  paths: readonly string[],
  standIns: Readonly<Record<string, Exports>> = {},
  changes: readonly Change[] = [],
): Program {
  const texts = new Map(paths.map(path => [path, changed(path, changes)]));
  const files = parseAll(texts);
  const getters = new Set([...files.values()].flatMap(gettersIn));
  const modules = new Map(
    [...files].map(([path, file]) => [path, moduleOf(path, file.text, transform(path, file, getters))]),
  );
  return new Program(modules, standIns);
}

function moduleOf(path: string, source: string, text: string): Module {
  const imports = [...text.matchAll(/\$import\("([^"]*)"\)/g)].map(([, specifier]) => specifier!);
  const hasState = /^(export )?(let |const \w+ = new )/m.test(source);
  try {
    const run = new Function(...PARAMETERS, `${text}\n//# sourceURL=transformed/${path}`) as Factory;
    return { run, hasState, imports };
  } catch (error) {
    throw new Error(`${path}: ${error}\n${text}`);
  }
}

function changed(path: string, changes: readonly Change[]): string {
  let text = readFileSync(join(ROOT, path), 'utf8');
  for (const { from, to } of changes.filter(change => change.path === path)) {
    if (text.split(from).length !== 2) throw new Error(`${path}: expected once, to change it: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

const resolved = new Map<string, string>();

function resolve(from: string, specifier: string): string {
  const key = `${from} ${specifier}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const path = pathOf(from, specifier);
  resolved.set(key, path);
  return path;
}

function pathOf(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');
}
