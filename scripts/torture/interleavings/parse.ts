/** Parses TypeScript by the compiler's own API, without types: the texts of all files in one go. */
import type { SourceFile } from 'typescript/unstable/ast';
import { API, type Program } from 'typescript/unstable/sync';

/** A folder that exists only for the compiler. */
const FOLDER = '/interleavings';
const CONFIG = `${FOLDER}/tsconfig.json`;
const OPTIONS = { noLib: true, noResolve: true, types: [], allowJs: true };

/** @param texts by path @throws Error if one is not TypeScript */
export function parseAll(texts: ReadonlyMap<string, string>): Map<string, SourceFile> {
  const written = new Map([...texts].map(([path, text]) => [`${FOLDER}/${path}`, text]));
  written.set(CONFIG, JSON.stringify({ compilerOptions: OPTIONS, files: [...texts.keys()] }));
  const api = new API({
    fs: {
      readFile: name => written.get(name),
      fileExists: name => (name.startsWith(FOLDER) ? written.has(name) : undefined),
      directoryExists: name => (name.startsWith(FOLDER) ? true : undefined),
    },
  });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [CONFIG] });
    const { program } = snapshot.getProjects()[0]!;
    const files = new Map([...texts.keys()].map(path => [path, parsed(program, path)]));
    snapshot.dispose();
    return files;
  } finally {
    api.close();
  }
}

function parsed(program: Program, path: string): SourceFile {
  const [problem] = program.getSyntacticDiagnostics(`${FOLDER}/${path}`);
  if (problem) throw new Error(`${path}: expected TypeScript: ${problem.text}`);
  return program.getSourceFile(`${FOLDER}/${path}`)!;
}
