/** Which variables the code after a call still reads: they are part of the state in which the call waits. */
import {
  type ArrowFunction,
  type BindingName,
  type Block,
  type CatchClause,
  type ForOfStatement,
  type ForStatement,
  type FunctionDeclaration,
  type Node,
  type SourceFile,
  SyntaxKind,
  type VariableDeclarationList,
  type VariableStatement,
} from 'typescript/unstable/ast';

const FUNCTIONS = new Set<SyntaxKind>([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.GetAccessor,
  SyntaxKind.Constructor,
]);
const LOOPS = new Set<SyntaxKind>([
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
]);

export function isFunction(node: Node): boolean {
  return FUNCTIONS.has(node.kind);
}

/** Names that a pattern declares. */
export function namesOf(name: BindingName): string[] {
  if (name.kind === SyntaxKind.Identifier) return [name.text];
  const names: string[] = [];
  name.forEachChild(child => {
    const part = (child as { name?: BindingName }).name;
    if (part) names.push(...namesOf(part));
  });
  return names;
}

function namesIn(list: VariableDeclarationList): string[] {
  return list.declarations.flatMap(({ name }) => namesOf(name));
}

/** Functions that a block declares; code before the declaration can call them. */
export function functionsIn(block: Node): string[] {
  const { statements } = block as Block;
  return statements.flatMap(statement =>
    statement.kind === SyntaxKind.FunctionDeclaration
      ? ((statement as FunctionDeclaration).name?.text ?? [])
      : [],
  );
}

/** Variables of the functions around a node that it can see, but not those of the module. */
export function visibleAt(node: Node, loopNames: (loop: ForOfStatement) => string[]): string[] {
  const names: string[] = [];
  for (let child = node, { parent } = node; parent; child = parent, parent = parent.parent) {
    if (parent.kind === SyntaxKind.SourceFile) break;
    names.push(...declaredBy(parent, child, loopNames));
  }
  return [...new Set(names)];
}

/** What a node declares for one of its children. */
function declaredBy(parent: Node, child: Node, loopNames: (loop: ForOfStatement) => string[]): string[] {
  if (isFunction(parent)) {
    const { parameters, body } = parent as ArrowFunction;
    return child === body ? parameters.flatMap(({ name }) => namesOf(name)) : [];
  }
  switch (parent.kind) {
    case SyntaxKind.Block:
    case SyntaxKind.CaseClause:
    case SyntaxKind.DefaultClause: {
      const before = (parent as Block).statements.filter(({ end }) => end <= child.pos);
      const lists = before.filter(({ kind }) => kind === SyntaxKind.VariableStatement);
      const variables = lists.flatMap(list => namesIn((list as VariableStatement).declarationList));
      return [...variables, ...functionsIn(parent)];
    }
    case SyntaxKind.ForStatement: {
      const { initializer } = parent as ForStatement;
      const declares = initializer?.kind === SyntaxKind.VariableDeclarationList && initializer !== child;
      return declares ? namesIn(initializer as VariableDeclarationList) : [];
    }
    case SyntaxKind.ForOfStatement: {
      const { initializer, statement } = parent as ForOfStatement;
      if (child !== statement) return [];
      return [...namesIn(initializer as VariableDeclarationList), ...loopNames(parent as ForOfStatement)];
    }
    case SyntaxKind.CatchClause: {
      const { variableDeclaration, block } = parent as CatchClause;
      return variableDeclaration && child === block ? namesOf(variableDeclaration.name) : [];
    }
    default:
      return [];
  }
}

/** What of a node is evaluated as one: a statement, or the part of a statement that holds an expression. */
export function unitOf(node: Node): Node {
  let unit = node;
  while (!isUnitBorder(unit.parent)) unit = unit.parent;
  return unit;
}

function isUnitBorder(parent: Node): boolean {
  if (isFunction(parent) || LOOPS.has(parent.kind)) return true;
  return (
    parent.kind === SyntaxKind.Block ||
    parent.kind === SyntaxKind.SourceFile ||
    parent.kind === SyntaxKind.IfStatement ||
    parent.kind === SyntaxKind.SwitchStatement ||
    parent.kind === SyntaxKind.CaseClause ||
    parent.kind === SyntaxKind.DefaultClause ||
    parent.kind === SyntaxKind.TryStatement
  );
}

/** Whether a name is read after a call has returned, or in another turn of a loop around it. */
export function isLive(name: string, call: Node, uses: ReadonlyMap<string, readonly number[]>): boolean {
  const positions = uses.get(name) ?? [];
  const { pos } = unitOf(call);
  let begin = pos;
  let end = 0;
  for (let node = call; !isFunction(node.parent) && node.parent.kind !== SyntaxKind.SourceFile; ) {
    node = node.parent;
    if (LOOPS.has(node.kind)) begin = Math.min(begin, node.pos);
    end = node.end;
  }
  return positions.some(at => at >= begin && at < Math.max(end, call.end));
}

/** Where each name occurs in a file. */
export function usesIn(file: SourceFile): Map<string, number[]> {
  const uses = new Map<string, number[]>();
  const visit = (node: Node) => {
    if (node.kind === SyntaxKind.Identifier) {
      const { text } = node as unknown as { text: string };
      const positions = uses.get(text) ?? [];
      positions.push(node.pos);
      uses.set(text, positions);
    }
    node.forEachChild(visit);
  };
  visit(file);
  return uses;
}
