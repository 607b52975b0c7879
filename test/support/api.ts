import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');

/** Folders of the published packages. */
export const packages = ['constructs/contract', 'constructs', 'infra/bridge', 'services/kit'] as const;

interface PackageJson {
  readonly name: string;
  /** Source file by entry point. */
  readonly exports: Readonly<Record<string, string>>;
}
const packageJson = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));

/** Compiles the packages once and generates the API.md of each: every public name with its declaration. */
export function makeApi(): (folder: string) => string {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const entries = packages.flatMap((folder) =>
    Object.values(packageJson(folder).exports).map((file) => join(ROOT, folder, file)),
  );
  const emit = { noEmit: false, declaration: true, emitDeclarationOnly: true, rewriteRelativeImportExtensions: true };
  const program = ts.createProgram(entries, { ...options, ...emit });
  const checker = program.getTypeChecker();
  const cache = new Map<ts.SourceFile, ts.SourceFile>();

  const declarationsOf = (source: ts.SourceFile): ts.SourceFile => {
    const known = cache.get(source);
    if (known) return known;
    let text = '';
    program.emit(source, (_, content) => (text = content), undefined, true);
    const parsed = ts.createSourceFile(source.fileName, text, ts.ScriptTarget.Latest, true);
    cache.set(source, parsed);
    return parsed;
  };
  const publicNames = (file: string) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    const exported = checker.getExportsOfModule(module).map((symbol) => {
      const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const sources = new Set(original.declarations?.map((declaration) => declaration.getSourceFile()));
      return { name: symbol.name, original: original.name, sources: [...sources] };
    });
    return exported.sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  return (folder) => {
    const { name: packageName, exports } = packageJson(folder);
    const home = (source: ts.SourceFile): boolean => packageOf(source.fileName) === folder;
    const lines = [
      `# API of ${packageName}`,
      '',
      'Generated from the types by `npm run api`; a test fails when it is out of date.',
    ];
    for (const [entry, file] of Object.entries(exports)) {
      const names = publicNames(join(ROOT, folder, file));
      if (entry !== '.') lines.push('', `## ${join(packageName, entry)}`);
      const foreign = names.filter(({ sources }) => !sources.some(home)).map(({ name }) => `\`${name}\``);
      if (foreign.length) lines.push('', `Exported from other packages: ${foreign.join(', ')}.`);
      for (const { name, original, sources } of names) {
        const statements = sources.filter(home).flatMap((source) => [...declarationsOf(source).statements]);
        const texts = statements.filter((statement) => declares(statement, original)).map(printed);
        if (texts.length) lines.push('', `${entry === '.' ? '##' : '###'} ${name}`, '', '```ts', ...texts, '```');
      }
    }
    return `${lines.join('\n')}\n`;
  };
}

function packageOf(file: string): string | undefined {
  const folders = [...packages].sort((a, b) => b.length - a.length);
  return folders.find((folder) => file.startsWith(`${join(ROOT, folder)}/`));
}

const printed = (statement: ts.Statement): string =>
  statement
    .getFullText()
    .trim()
    .replace(/^export (declare )?/gm, '');

const declares = (statement: ts.Statement, name: string): boolean =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.some((declaration) => declaration.name.getText() === name)
    : 'name' in statement && (statement.name as ts.Node | undefined)?.getText() === name;
