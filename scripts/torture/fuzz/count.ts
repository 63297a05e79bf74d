/**
 * Inserts into JavaScript what a search needs to see: `$c[n]++` wherever execution branches, and calls of `$f` in place of
 * comparisons, which compare and note both values. Both are globals that record.ts defines. Pure.
 */
import {
  type ArrowFunction,
  type BinaryExpression,
  type CallExpression,
  type CaseClause,
  type ConditionalExpression,
  type IfStatement,
  type Node,
  NodeFlags,
  type PropertyAccessExpression,
  type SourceFile,
  type SwitchStatement,
  SyntaxKind,
  type WhileStatement,
} from 'typescript/unstable/ast';

/** The methods of `$f` that compare as these operators do. */
const COMPARISONS = new Map<SyntaxKind, string>([
  [SyntaxKind.EqualsEqualsEqualsToken, 'same'],
  [SyntaxKind.ExclamationEqualsEqualsToken, 'differ'],
  [SyntaxKind.LessThanToken, 'less'],
  [SyntaxKind.LessThanEqualsToken, 'notMore'],
  [SyntaxKind.GreaterThanToken, 'more'],
  [SyntaxKind.GreaterThanEqualsToken, 'notLess'],
]);

/** Operators that may skip what is on their right. */
const SHORT = new Set<SyntaxKind>([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

/** Methods that ask whether their only argument is contained. */
const ASKING = new Set(['startsWith', 'endsWith', 'includes', 'has', 'hasOwn']);

/** Nothing is learnt from a comparison with these. */
const SILENT = new Set<SyntaxKind>([
  SyntaxKind.NullKeyword,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.TypeOfExpression,
]);

/** The numbers of the next counter and of the next comparison. */
export interface Numbers {
  counter: number;
  comparison: number;
}

/** The text of a file with its counters, from these numbers on, which it increases. */
export function insertCounters(file: SourceFile, numbers: Numbers): string {
  return new Inserter(file, numbers).emit(file);
}

class Inserter {
  readonly #file: SourceFile;
  readonly #numbers: Numbers;

  constructor(file: SourceFile, numbers: Numbers) {
    this.#file = file;
    this.#numbers = numbers;
  }

  emit(node: Node): string {
    switch (node.kind) {
      case SyntaxKind.Block:
        return `{${this.#count()};${this.#copy(node).slice(1)}`;
      case SyntaxKind.ArrowFunction: {
        const { body } = node as ArrowFunction;
        return this.#copy(node, child =>
          child === body && child.kind !== SyntaxKind.Block ? this.#counted(child) : this.emit(child),
        );
      }
      case SyntaxKind.IfStatement: {
        const { thenStatement, elseStatement } = node as IfStatement;
        return this.#copy(node, child =>
          child === thenStatement || child === elseStatement ? this.#block(child) : this.emit(child),
        );
      }
      case SyntaxKind.WhileStatement:
      case SyntaxKind.DoStatement:
      case SyntaxKind.ForStatement:
      case SyntaxKind.ForOfStatement:
      case SyntaxKind.ForInStatement: {
        const { statement } = node as WhileStatement;
        return this.#copy(node, child => (child === statement ? this.#block(child) : this.emit(child)));
      }
      case SyntaxKind.CaseClause:
      case SyntaxKind.DefaultClause: {
        const { statements } = node as CaseClause;
        return this.#copy(node, child =>
          child === statements[0] ? `${this.#count()}; ${this.emit(child)}` : this.emit(child),
        );
      }
      case SyntaxKind.ConditionalExpression: {
        const { whenTrue, whenFalse } = node as ConditionalExpression;
        return this.#copy(node, child =>
          child === whenTrue || child === whenFalse ? this.#counted(child) : this.emit(child),
        );
      }
      case SyntaxKind.SwitchStatement:
        return this.#switch(node as SwitchStatement);
      case SyntaxKind.BinaryExpression:
        return this.#binary(node as BinaryExpression);
      case SyntaxKind.CallExpression:
        return this.#call(node as CallExpression);
      default:
        return this.#copy(node);
    }
  }

  /** The text of a node, with its children as `emit` says. */
  #copy(node: Node, emit = (child: Node) => this.emit(child)): string {
    const { text } = this.#file;
    let copy = '';
    let at = node.getStart(this.#file);
    node.forEachChild(child => {
      const start = child.getStart(this.#file);
      // Types that are read from comments lie before what they are of.
      if (start < at) return;
      copy += text.slice(at, start) + emit(child);
      at = child.end;
    });
    return copy + text.slice(at, node.end);
  }

  #count(): string {
    return `$c[${this.#numbers.counter++}]++`;
  }

  #counted(expression: Node): string {
    return `(${this.#count()}, ${this.emit(expression)})`;
  }

  /** A statement that may be the only one. */
  #block(statement: Node): string {
    const isBlock = statement.kind === SyntaxKind.Block || statement.kind === SyntaxKind.IfStatement;
    return isBlock ? this.emit(statement) : `{${this.#count()}; ${this.emit(statement)}}`;
  }

  #switch(node: SwitchStatement): string {
    const cases = node.caseBlock.clauses.flatMap(clause =>
      clause.kind === SyntaxKind.CaseClause ? [(clause as CaseClause).expression] : [],
    );
    const literals = cases.filter(
      ({ kind }) => kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NumericLiteral,
    );
    const list = literals.map(literal => this.#copy(literal)).join(', ');
    const choose = (child: Node) =>
      `$f.choose(${this.#numbers.comparison++}, ${this.emit(child)}, [${list}])`;
    return this.#copy(node, child => (child === node.expression ? choose(child) : this.emit(child)));
  }

  #binary(node: BinaryExpression): string {
    const { left, operatorToken, right } = node;
    const { kind } = operatorToken;
    const compare = COMPARISONS.get(kind);
    if (compare !== undefined && ![left, right].some(side => SILENT.has(side.kind))) {
      return `$f.${compare}(${this.#numbers.comparison++}, ${this.emit(left)}, ${this.emit(right)})`;
    }
    if (!SHORT.has(kind)) return this.#copy(node);
    return this.#copy(node, child => (child === right ? this.#counted(child) : this.emit(child)));
  }

  #call(node: CallExpression): string {
    const { expression, arguments: args } = node;
    const isPlain =
      expression.kind === SyntaxKind.PropertyAccessExpression && (node.flags & NodeFlags.OptionalChain) === 0;
    if (!isPlain) return this.#copy(node);
    const { expression: object, name } = expression as PropertyAccessExpression;
    const asks = ASKING.has(name.text) && object.kind !== SyntaxKind.SuperKeyword;
    const isOwn = name.text === 'hasOwn' && args.length === 2;
    if (!asks || (args.length !== 1 && !isOwn) || args.some(arg => arg.kind === SyntaxKind.SpreadElement)) {
      return this.#copy(node);
    }
    const list = args.map(arg => this.emit(arg)).join(', ');
    return `$f.ask(${this.#numbers.comparison++}, ${this.emit(object)}, '${name.text}', ${list})`;
  }
}
