import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { listContract, listService, listWorkspace, lockWorkspace } from './listings.ts';
import { closureOf } from './modules.ts';
import type { ServicePlan } from './plan.ts';
import { dockerfile, manifest, migrationFiles, readme, sourcesOf } from './templates/index.ts';

/** What `writeService` wrote, as paths in the repository. */
export interface Written {
  readonly added: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Writes a planned service, and lists it. All texts are made before the first is written, and if one cannot be written,
 * what was written is undone.
 * @throws ConfigurationError `file-invalid` if a file that lists services does not have the expected form
 */
export async function writeService(root: string, plan: ServicePlan): Promise<Written> {
  const { name, layout } = plan;
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const kit = JSON.parse(read(`${layout.kit}/package.json`));
  const own = (file: string) => `${layout.folder}/${name}/${file}`;
  const added = new Map([
    ...sourcesOf(plan),
    ...[...migrationFiles(root, plan)].map(([file, text]) => [own(`migrations/${file}`), text] as const),
    [own('package.json'), `${JSON.stringify(manifest(plan, kit), null, 2)}\n`],
    [own('README.md'), readme(plan)],
    [own('Dockerfile'), dockerfile(plan, contractFiles(root, plan))],
  ]);
  const edits: readonly [file: string, edit: (text: string) => string][] = [
    ['package.json', (text) => listWorkspace(text, plan)],
    ['package-lock.json', (text) => lockWorkspace(text, plan, manifest(plan, kit))],
    [`${layout.contracts}/index.ts`, (text) => listContract(text, `${layout.contracts}/index.ts`, plan)],
    [`${layout.folder}/README.md`, (text) => listService(text, `${layout.folder}/README.md`, plan)],
  ];
  // npm's record of what is installed: with the service in it, the next command installs nothing.
  const record = 'node_modules/.package-lock.json';
  const isInstalled = existsSync(join(root, record));
  const changed = new Map(edits.map(([file, edit]) => [file, edit(read(file))]));
  const before = new Map([...changed.keys()].map((file) => [file, read(file)]));
  const recorded = isInstalled ? lockWorkspace(read(record), plan, manifest(plan, kit)) : undefined;
  try {
    for (const [file, text] of [...added, ...changed]) put(root, file, text);
    await format(root, [...sourcesOf(plan).keys(), `${layout.contracts}/index.ts`]);
    if (recorded !== undefined) {
      linkPackage(root, plan);
      put(root, record, recorded);
    }
  } catch (error) {
    rmSync(join(root, layout.folder, name), { recursive: true, force: true });
    rmSync(join(root, layout.contracts, `${name}.ts`), { force: true });
    rmSync(join(root, packagePath(plan)), { force: true });
    for (const [file, text] of before) put(root, file, text);
    throw error;
  }
  return { added: [...added.keys()].sort(), changed: [...changed.keys()].sort() };
}

/** Files of the contracts that the service imports. */
function contractFiles(root: string, { name, layout, calls, consumes }: ServicePlan): readonly string[] {
  const imported = closureOf(
    join(root, layout.contracts),
    [...calls, ...consumes].map(({ module }) => module),
  );
  return [...new Set([...imported, name])].sort().map((module) => `${module}.ts`);
}

/** Replaces a file in one step; a link to a file of another checkout becomes a file of this one. */
function put(root: string, file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const packagePath = ({ name }: ServicePlan): string => `node_modules/@groundwork/${name}`;

/** Links the package as `npm install` does. */
function linkPackage(root: string, plan: ServicePlan): void {
  const link = join(root, packagePath(plan));
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), join(root, plan.layout.folder, plan.name)), link);
}

/** Formats files, and sorts their imports. */
async function format(root: string, files: readonly string[]): Promise<void> {
  await execa('biome', ['check', '--write', ...files], { cwd: root, preferLocal: true, localDir: root });
}
