/** Imports and exports of a transformed module: it becomes a function of what it imports and of the globals it may use. */
import {
  type Expression,
  type FunctionDeclaration,
  type ImportDeclaration,
  type ImportSpecifier,
  type NamedImports,
  type Node,
  type SourceFile,
  type Statement,
  SyntaxKind,
  type VariableStatement,
} from 'typescript/unstable/ast';
import { namesOf } from './scope.js';

/** What a module gets: its imports by path, a place for its exports, the runtime, and what stands in for globals. */
export const PARAMETERS = [
  '$import',
  '$export',
  '$rt',
  '$meta',
  'Atomics',
  'Promise',
  'AbortController',
  'performance',
  'process',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
] as const;

export function moduleText(file: SourceFile, emit: (statement: Statement) => string): string {
  const lines: string[] = [];
  const state: string[] = [];
  for (const statement of file.statements) {
    if (statement.kind === SyntaxKind.ImportDeclaration)
      lines.push(importText(statement as ImportDeclaration));
    else if (statement.kind === SyntaxKind.ExportDeclaration) lines.push('');
    else {
      lines.push(emit(statement));
      const names = declaredBy(statement);
      if (isExported(statement)) lines.push(...names.map(([name, as]) => `$export.${as} = ${name};`));
      if (statement.kind === SyntaxKind.VariableStatement) state.push(...names.map(([name]) => name));
    }
  }
  return `'use strict'; {\n${lines.join('\n')}\n$rt.state(() => [${state.join(', ')}]);\n}`;
}

function importText({ importClause, moduleSpecifier }: ImportDeclaration): string {
  if (!importClause || importClause.phaseModifier === SyntaxKind.TypeKeyword) return '';
  const from = (moduleSpecifier as Expression & { text: string }).text;
  const named = importClause.namedBindings as NamedImports | undefined;
  const parts = (named?.elements ?? []).flatMap((specifier: ImportSpecifier) => {
    const { isTypeOnly, name, propertyName } = specifier;
    if (isTypeOnly) return [];
    return propertyName ? `${propertyName.text}: ${name.text}` : name.text;
  });
  return parts.length > 0 ? `const { ${parts.join(', ')} } = $import(${JSON.stringify(from)});` : '';
}

function modifiersOf(statement: Statement): SyntaxKind[] {
  return ((statement as FunctionDeclaration).modifiers ?? []).map(({ kind }: Node) => kind);
}

function isExported(statement: Statement): boolean {
  return modifiersOf(statement).includes(SyntaxKind.ExportKeyword);
}

/** Names that a statement declares, and under which it exports them. */
function declaredBy(statement: Statement): [string, string][] {
  switch (statement.kind) {
    case SyntaxKind.VariableStatement: {
      const { declarations } = (statement as VariableStatement).declarationList;
      return declarations.flatMap(({ name }) => namesOf(name)).map(name => [name, name]);
    }
    case SyntaxKind.FunctionDeclaration:
    case SyntaxKind.ClassDeclaration: {
      const name = (statement as FunctionDeclaration).name?.text ?? '$default';
      return [[name, modifiersOf(statement).includes(SyntaxKind.DefaultKeyword) ? 'default' : name]];
    }
    default:
      return [];
  }
}
