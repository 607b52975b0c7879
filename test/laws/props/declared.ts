import { join, sep } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../..');
const CONSTRUCTS = join(ROOT, 'constructs') + sep;
/** Contracts are excluded: other tests cover how they reach manifests. */
const CONTRACT = join(CONSTRUCTS, 'contract') + sep;

/**
 * Every prop that users of the constructs may set, by path, read from the types: each member of each exported
 * `…Props` interface, and of the interfaces in it. `KafkaProps.resources.cpu` is a member of a member,
 * `KafkaProps.events.*.compact` a member of each value of a record, and `PlatformProps.edge(IngressEdge).host` a member
 * of one alternative of a union.
 */
export function declaredProps(): readonly string[] {
  const file = join(CONSTRUCTS, 'index.ts');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const program = ts.createProgram([file], options);
  const reader = new PropsReader(program.getTypeChecker());
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`file not found: ${file}`);
  return reader.read(source);
}

class PropsReader {
  readonly #checker: ts.TypeChecker;
  /** Interfaces that are members of others. */
  readonly #nested = new Set<ts.Type>();

  public constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  public read(source: ts.SourceFile): readonly string[] {
    const module = this.#checker.getSymbolAtLocation(source);
    const exported = module === undefined ? [] : this.#checker.getExportsOfModule(module);
    const roots = exported
      .filter(({ name }) => name.endsWith('Props'))
      .map((symbol) => ({ name: symbol.name, type: this.#typeOf(symbol) }));
    const paths = roots.map(({ name, type }) => ({ type, paths: this.#members(type, name) }));
    // Props that are members of another construct's props are listed there.
    return paths.filter(({ type }) => !this.#nested.has(type)).flatMap((root) => root.paths);
  }

  #typeOf(symbol: ts.Symbol): ts.Type {
    const own = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    return this.#checker.getDeclaredTypeOfSymbol(own);
  }

  #members(type: ts.Type, path: string): string[] {
    return this.#checker
      .getPropertiesOfType(type)
      .flatMap((member) => this.#paths(this.#checker.getTypeOfSymbol(member), `${path}.${member.name}`));
  }

  #paths(type: ts.Type, path: string): string[] {
    const parts = this.#parts(type);
    if (parts.length === 1 && parts[0]?.isLiteral()) return []; // a discriminator has one value only
    const nested = parts.filter(isNested);
    for (const one of nested) this.#nested.add(one);
    const below = nested.flatMap((one) =>
      this.#members(one, nested.length > 1 ? `${path}(${one.getSymbol()?.name})` : path),
    );
    const values = parts.flatMap((one) => {
      const value = one.getStringIndexType();
      return value === undefined || !this.#parts(value).some(isNested) ? [] : this.#paths(value, `${path}.*`);
    });
    const others = parts.length > nested.length && values.length === 0;
    return [...(others ? [path] : []), ...below, ...values];
  }

  /** The alternatives of a union, and the item types of a list. */
  #parts(type: ts.Type): ts.Type[] {
    if (type.isUnion()) return type.types.flatMap((one) => this.#parts(one));
    if (type.flags & ts.TypeFlags.Undefined) return [];
    const [item] = this.#checker.isArrayType(type) ? this.#checker.getTypeArguments(type as ts.TypeReference) : [];
    return item === undefined ? [type] : this.#parts(item);
  }
}

/** Whether the props of a type are listed member by member: an interface of the constructs with data and no methods. */
function isNested(type: ts.Type): boolean {
  const [declaration] = type.getSymbol()?.declarations ?? [];
  if (declaration === undefined) return false;
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isTypeLiteralNode(declaration)) return false;
  const { fileName } = declaration.getSourceFile();
  return (
    fileName.startsWith(CONSTRUCTS) &&
    !fileName.startsWith(CONTRACT) &&
    !declaration.members.some((member) => ts.isMethodSignature(member))
  );
}
