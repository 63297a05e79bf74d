/**
 * Turns a module of TypeScript into JavaScript that the checker can stop at any call: functions become generators, and a
 * call is `$f.call(…) ? $f.end(yield* $f.next) : $f.value`, which also notes the variables that are still read after it.
 * Types go; private names become properties, so that the checker sees them; getters become methods.
 */
import {
  type ArrowFunction,
  type AwaitExpression,
  type BinaryExpression,
  type Block,
  type CallExpression,
  type ClassDeclaration,
  type ConstructorDeclaration,
  type ElementAccessExpression,
  type ForOfStatement,
  type FunctionDeclaration,
  type MethodDeclaration,
  type NewExpression,
  type Node,
  NodeFlags,
  type ParameterDeclaration,
  type PropertyAccessExpression,
  type PropertyDeclaration,
  type SourceFile,
  SyntaxKind,
  type VariableDeclaration,
} from 'typescript/unstable/ast';
import { moduleText } from './modules.js';
import { functionsIn, isLive, unitOf, usesIn, visibleAt } from './scope.js';

/** Where a call stands: it can stop its function, or not, because that is no generator: a constructor, a module. */
interface Place {
  stops: boolean;
  self: '$this' | 'this';
}

type Function = FunctionDeclaration | ArrowFunction | MethodDeclaration | ConstructorDeclaration;

const GONE = new Set<SyntaxKind>([
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.ExportKeyword,
  SyntaxKind.DefaultKeyword,
  SyntaxKind.AsyncKeyword,
]);

const SYNC: Place = { stops: false, self: 'this' };

/** @param getters names of getters of all modules that are transformed */
export function transform(path: string, file: SourceFile, getters: ReadonlySet<string>): string {
  return new Transformer(path, file, getters).module();
}

/** Names of the getters of a file. */
export function gettersIn(file: SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: Node) => {
    if (node.kind === SyntaxKind.GetAccessor) {
      names.push(
        file.text.slice(
          (node as MethodDeclaration).name.getStart(file),
          (node as MethodDeclaration).name.end,
        ),
      );
    }
    node.forEachChild(visit);
  };
  visit(file);
  return names;
}

class Transformer {
  readonly #path: string;
  readonly #file: SourceFile;
  readonly #getters: ReadonlySet<string>;
  readonly #uses: Map<string, number[]>;
  /** Calls, numbered in the order in which they are evaluated within an expression. */
  #calls = 0;

  constructor(path: string, file: SourceFile, getters: ReadonlySet<string>) {
    this.#path = path;
    this.#file = file;
    this.#getters = getters;
    this.#uses = usesIn(file);
  }

  module(): string {
    return moduleText(this.#file, statement => this.#emit(statement, SYNC));
  }

  #emit(node: Node, place: Place): string {
    if (GONE.has(node.kind)) return '';
    switch (node.kind) {
      case SyntaxKind.CallExpression:
        return this.#call(node as CallExpression, place);
      case SyntaxKind.NewExpression:
        return this.#new(node as NewExpression, place);
      case SyntaxKind.AwaitExpression: {
        const awaited = this.#emit((node as AwaitExpression).expression, place);
        return this.#stop(node, place, `$f.call(AT, $rt.await, undefined, [${awaited}])`);
      }
      case SyntaxKind.FunctionDeclaration:
        return this.#declaration(node as FunctionDeclaration);
      case SyntaxKind.ArrowFunction:
      case SyntaxKind.FunctionExpression:
        return this.#expression(node as ArrowFunction, place);
      case SyntaxKind.MethodDeclaration:
        return this.#memberOfLiteral(node as MethodDeclaration);
      case SyntaxKind.ClassDeclaration:
        return this.#class(node as ClassDeclaration);
      case SyntaxKind.PropertyAccessExpression:
        return this.#property(node as PropertyAccessExpression, place);
      case SyntaxKind.PrivateIdentifier:
        return this.#text(node).replace('#', '$_');
      case SyntaxKind.ThisKeyword:
        return place.self;
      case SyntaxKind.MetaProperty:
        return '$meta';
      case SyntaxKind.AsExpression:
      case SyntaxKind.SatisfiesExpression:
      case SyntaxKind.NonNullExpression:
        return this.#emit((node as AwaitExpression).expression, place);
      case SyntaxKind.VariableDeclaration: {
        const { name, initializer } = node as VariableDeclaration;
        const value = initializer ? ` = ${this.#emit(initializer, place)}` : '';
        return this.#emit(name, place) + value;
      }
      case SyntaxKind.ForOfStatement:
        return this.#forOf(node as ForOfStatement, place);
      case SyntaxKind.GetAccessor:
      case SyntaxKind.SetAccessor:
      case SyntaxKind.YieldExpression:
      case SyntaxKind.TaggedTemplateExpression:
      case SyntaxKind.EnumDeclaration:
        throw new Error(`${this.#path}: expected no ${SyntaxKind[node.kind]}, got ${this.#text(node)}`);
      default:
        return this.#copy(node, place);
    }
  }

  /** The text of a node, with its children transformed. */
  #copy(node: Node, place: Place): string {
    let text = '';
    let at = node.getStart(this.#file);
    node.forEachChild(child => {
      const start = child.getStart(this.#file);
      text += this.#file.text.slice(at, start) + this.#emit(child, place);
      at = child.end;
    });
    return text + this.#file.text.slice(at, node.end);
  }

  #text(node: Node): string {
    return this.#file.text.slice(node.getStart(this.#file), node.end);
  }

  #list(nodes: readonly Node[], place: Place): string {
    return nodes.map(node => this.#emit(node, place)).join(', ');
  }

  /** A call that may stop its function. @param call contains AT, for what is noted there */
  #stop(node: Node, { stops, self }: Place, call: string): string {
    if (!stops) return call.replace('$f.', '$rt.sync.').replace('AT, ', '');
    const names = visibleAt(node, loopNames).filter(
      name => name.startsWith('$') || isLive(name, node, this.#uses),
    );
    const locals = [self, ...names].join(', ');
    const at = `${++this.#calls}, ${unitOf(node).pos}, () => [${locals}]`;
    return `(${call.replace('AT', () => at)} ? $f.end(yield* $f.next) : $f.end($f.value))`;
  }

  #call(node: CallExpression, place: Place): string {
    const { expression, arguments: args } = node;
    if (expression.kind === SyntaxKind.SuperKeyword) return this.#copy(node, place);
    if (expression.kind === SyntaxKind.ImportKeyword) return `$rt.load(${this.#list(args, place)})`;
    const chain = (node.flags & NodeFlags.OptionalChain) !== 0;
    const callee = bare(expression);
    if (callee.kind === SyntaxKind.PropertyAccessExpression) {
      const { expression: object, name } = callee as PropertyAccessExpression;
      const key = JSON.stringify(this.#text(name).replace('#', '$_'));
      const on = this.#emit(object, place);
      return this.#stop(node, place, `$f.method(AT, ${on}, ${key}, [${this.#list(args, place)}], ${chain})`);
    }
    if (callee.kind === SyntaxKind.ElementAccessExpression) {
      const { expression: object, argumentExpression: key } = callee as ElementAccessExpression;
      const on = `${this.#emit(object, place)}, ${this.#emit(key, place)}`;
      return this.#stop(node, place, `$f.method(AT, ${on}, [${this.#list(args, place)}], ${chain})`);
    }
    if (node.questionDotToken) throw new Error(`${this.#path}: expected no ?.(, got ${this.#text(node)}`);
    const called = this.#emit(callee, place);
    return this.#stop(node, place, `$f.call(AT, ${called}, undefined, [${this.#list(args, place)}])`);
  }

  #new({ expression, arguments: args }: NewExpression, place: Place): string {
    const made = this.#emit(expression, place);
    return this.#stop(expression, place, `$f.make(AT, ${made}, [${this.#list(args ?? [], place)}])`);
  }

  #property(node: PropertyAccessExpression, place: Place): string {
    const { expression, name, questionDotToken } = node;
    const object = this.#emit(expression, place);
    const key = this.#emit(name, place);
    if (!this.#getters.has(this.#text(name)) || isTarget(node)) {
      return `${object}${questionDotToken ? '?.' : '.'}${key}`;
    }
    return this.#stop(
      node,
      place,
      `$f.get(AT, ${object}, ${JSON.stringify(key)}, ${Boolean(questionDotToken)})`,
    );
  }

  #forOf({ initializer, expression, statement, pos }: ForOfStatement, place: Place): string {
    const [all, turn] = [`$all${pos}`, `$turn${pos}`];
    const head = `const ${all} = ${this.#emit(expression, place)}; let ${turn} = 0;`;
    const loop = `for (${this.#emit(initializer, place)} of ${all})`;
    return `{ ${head} ${loop} { ${turn}++; ${this.#emit(statement, place)} } }`;
  }

  #declaration(node: FunctionDeclaration): string {
    const name = node.name?.text ?? '$default';
    return `function* ${name}${this.#rest(node, name)}`;
  }

  #expression(node: ArrowFunction, place: Place): string {
    const { self } = place;
    const name = `${this.#path}:${node.pos}`;
    const inner: Place = { stops: true, self };
    const captured = this.#captured(node, self);
    return `$rt.closure(function* ${this.#rest(node, name, inner)}, ${JSON.stringify(name)}, ${captured})`;
  }

  /** What a function uses of the functions around it, each on its own, since some may not be initialised yet. */
  #captured(node: Node, self: string): string {
    const used = visibleAt(node, loopNames).filter(name =>
      (this.#uses.get(name) ?? []).some(at => at >= node.pos && at < node.end),
    );
    return `[${[self, ...used].map(name => `() => ${name}`).join(', ')}]`;
  }

  /** Notes what functions use that are declared in a block. */
  #marks(block: Node): string {
    const declared = (block as Block).statements.filter(
      ({ kind }) => kind === SyntaxKind.FunctionDeclaration,
    );
    const names = functionsIn(block);
    return declared
      .map((node, i) => {
        const captured = this.#captured(node, 'undefined');
        return `$rt.closure(${names[i]}, ${JSON.stringify(`${this.#path}:${names[i]}`)}, ${captured});`;
      })
      .join('');
  }

  #method(node: MethodDeclaration): string {
    const name = this.#text(node.name).replace('#', '$_');
    const isStatic = node.modifiers?.some(({ kind }) => kind === SyntaxKind.StaticKeyword);
    if (node.kind !== (SyntaxKind.GetAccessor as SyntaxKind)) {
      return `${isStatic ? 'static ' : ''}*${name}${this.#rest(node, name)}`;
    }
    // The accessor itself remains for a pattern that reads it, where it can't stop.
    return `*$get_${name}${this.#rest(node, name)} get ${name}() { return $rt.sync.method(this, '$get_${name}', []); }`;
  }

  #memberOfLiteral(node: MethodDeclaration): string {
    const name = this.#text(node.name);
    const key = JSON.stringify(`${this.#path}:${name}`);
    return `${name}: $rt.closure(function* ${this.#rest(node, name)}, ${key}, ${this.#captured(node, 'undefined')})`;
  }

  /** Parameters and body. */
  #rest(node: Function, name: string, inner?: Place): string {
    const place = inner ?? { stops: true, self: '$this' };
    const parameters = node.parameters.map(parameter => this.#parameter(parameter)).join(', ');
    const self = inner ? '' : 'const $this = this; ';
    const body = this.#body(node, name, place);
    const isAsync = node.modifiers?.some(({ kind }) => kind === SyntaxKind.AsyncKeyword);
    const text = isAsync ? `return yield* $rt.async(function* () { ${body} });` : body;
    return `(${parameters}) { ${self}${text} }`;
  }

  #body(node: Function, name: string, place: Place): string {
    const body = node.body!;
    const isBlock = body.kind === SyntaxKind.Block;
    const text = isBlock ? this.#emit(body, place) : `return ${this.#emit(body, place)};`;
    const key = JSON.stringify(`${this.#path}:${name}`);
    return `const $f = $rt.enter(${key}); try { ${isBlock ? `{ ${this.#marks(body)}${text.slice(1)}` : text} } finally { $rt.leave($f); }`;
  }

  #parameter({ dotDotDotToken, name, initializer }: ParameterDeclaration): string {
    const value = initializer ? ` = ${this.#emit(initializer, SYNC)}` : '';
    return `${dotDotDotToken ? '...' : ''}${this.#emit(name, SYNC)}${value}`;
  }

  #class(node: ClassDeclaration): string {
    const { name, heritageClauses, members } = node;
    const base = heritageClauses?.find(({ token }) => token === SyntaxKind.ExtendsKeyword);
    const fields = members.filter(({ kind }) => kind === SyntaxKind.PropertyDeclaration);
    const maker = members.find(({ kind }) => kind === SyntaxKind.Constructor) as
      | ConstructorDeclaration
      | undefined;
    const methods = members.filter(
      ({ kind }) => kind === SyntaxKind.MethodDeclaration || kind === SyntaxKind.GetAccessor,
    );
    const text = methods.map(method => this.#method(method as MethodDeclaration)).join('\n');
    const of = (place: Place) =>
      fields.map(field => this.#field(field as PropertyDeclaration, place)).join(' ');
    if (base) {
      const plain = maker
        ? `constructor(${maker.parameters.map(p => this.#parameter(p)).join(', ')}) ${this.#emit(maker.body!, SYNC)}`
        : '';
      return `class ${name!.text} ${this.#copy(base, SYNC)} { ${plain}\n${text} }`;
    }
    const place: Place = { stops: true, self: '$this' };
    const parameters = maker?.parameters.map(p => this.#parameter(p)).join(', ') ?? '';
    const body = maker ? this.#emit(maker.body!, place) : '';
    const key = JSON.stringify(`${this.#path}:${name!.text}`);
    const make = `const $this = this; const $f = $rt.enter(${key}); try { ${of(place)} ${body} } finally { $rt.leave($f); }`;
    return `class ${name!.text} { *$make(${parameters}) { ${make} }\n${text} }`;
  }

  #field({ name, initializer, modifiers }: PropertyDeclaration, place: Place): string {
    if (modifiers?.some(({ kind }) => kind === SyntaxKind.StaticKeyword)) {
      throw new Error(`${this.#path}: expected no static field, got ${this.#text(name)}`);
    }
    return initializer ? `${place.self}.${this.#emit(name, place)} = ${this.#emit(initializer, place)};` : '';
  }
}

/** Without parentheses and assertions, which have no effect when the program runs. */
function bare(node: Node): Node {
  const skipped = [SyntaxKind.NonNullExpression, SyntaxKind.ParenthesizedExpression, SyntaxKind.AsExpression];
  return skipped.includes(node.kind) ? bare((node as AwaitExpression).expression) : node;
}

function loopNames({ pos }: ForOfStatement): string[] {
  return [`$all${pos}`, `$turn${pos}`];
}

/** Whether a property is written, not read. */
function isTarget(node: Node): boolean {
  if (node.parent.kind !== SyntaxKind.BinaryExpression) return false;
  const { left, operatorToken } = node.parent as BinaryExpression;
  const { kind } = operatorToken;
  return left === node && kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;
}
