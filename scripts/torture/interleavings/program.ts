/** The modules of lockstep as the checker runs them: read from src/ and workers/, changed if asked, transformed, linked. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atomics } from './atomics.js';
import { PARAMETERS } from './modules.js';
import { parseAll } from './parse.js';
import { type Any, closure, type FlowFunction, Frame, sync } from './runtime.js';
import { gettersIn, transform } from './transform.js';
import { running } from './world.js';

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
  readonly #factories: ReadonlyMap<string, Factory>;
  /** Modules that are not transformed, by path: what stands in for them. */
  readonly #standIns: Readonly<Record<string, Exports>>;

  constructor(factories: ReadonlyMap<string, Factory>, standIns: Readonly<Record<string, Exports>>) {
    this.#factories = factories;
    this.#standIns = standIns;
  }

  /** Modules as one thread has them. @param globals stand in for those of the thread */
  link(globals: Exports = {}): (path: string) => Any {
    const linked = new Map<string, Exports>();
    const link = (path: string): Exports => {
      const known = linked.get(path) ?? this.#standIns[path];
      if (known) return known;
      const factory = this.#factories.get(path);
      if (!factory) throw new Error(`${path}: expected a module that is transformed or stood in for`);
      const exports: Exports = {};
      linked.set(path, exports);
      const load = (specifier: string) => link(resolve(path, specifier));
      const runtime = {
        ...RUNTIME,
        load: globals.load && ((specifier: string) => (globals.load as Any)(load(specifier))),
      };
      const given: Exports = {
        $import: load,
        $export: exports,
        $rt: { ...runtime, ...globals },
        $meta: { path, url: `file:///${path}` },
        Atomics: { ...atomics, ...(globals.Atomics as object) },
        ...withoutAtomics(globals),
      };
      factory(...PARAMETERS.map(name => given[name]));
      return exports;
    };
    return link;
  }
}

function withoutAtomics({ Atomics: _, ...others }: Exports): Exports {
  return others;
}

/** Frames of the flow that runs. */
const RUNTIME = {
  sync,
  closure,
  enter(key: string): Frame {
    const frame = new Frame(key);
    running.stack.push(frame);
    return frame;
  },
  leave(frame: Frame): void {
    if (running.stack.at(-1) === frame) running.stack.pop();
  },
  state(_path: string, values: () => unknown[]): void {
    running.world?.modules.push(values);
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
  const factories = new Map(
    [...files].map(([path, file]) => [path, factoryOf(path, transform(path, file, getters))]),
  );
  return new Program(factories, standIns);
}

function factoryOf(path: string, text: string): Factory {
  try {
    return new Function(...PARAMETERS, `${text}\n//# sourceURL=transformed/${path}`) as Factory;
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

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');
}

export type { FlowFunction };
