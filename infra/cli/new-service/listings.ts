import { ConfigurationError } from '@groundwork/contract';
import type { ServicePlan } from './plan.ts';

/** package.json with the service as a workspace, after the last one in its folder. */
export function listWorkspace(text: string, { name, layout }: ServicePlan): string {
  const manifest = JSON.parse(text) as { workspaces: string[] };
  return json({ ...manifest, workspaces: withWorkspace(manifest.workspaces, `${layout.folder}/${name}`) });
}

function withWorkspace(workspaces: readonly string[], added: string): string[] {
  const folder = added.slice(0, added.lastIndexOf('/') + 1);
  const last = workspaces.findLastIndex((one) => one.startsWith(folder));
  return workspaces.toSpliced(last + 1, 0, added);
}

/** A lock file, or npm's record of it in node_modules, with the service as `npm install` would add it. */
export function lockWorkspace(
  text: string,
  { name, layout }: ServicePlan,
  { type: _, ...locked }: { readonly type: string },
): string {
  const lock = JSON.parse(text) as { packages: Record<string, { workspaces?: string[] }> };
  const folder = `${layout.folder}/${name}`;
  const { '': root, ...others } = lock.packages;
  const packages = {
    ...others,
    [`node_modules/@groundwork/${name}`]: { resolved: folder, link: true },
    [folder]: locked,
  };
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  const ours = root && { '': { ...root, workspaces: withWorkspace(root.workspaces ?? [], folder) } };
  return json({ ...lock, packages: { ...ours, ...Object.fromEntries(sorted) } });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The list of contracts with one more. */
export function listContract(text: string, file: string, { name, id }: ServicePlan): string {
  const imported = insert(
    text,
    file,
    /(?<=^import .*\n)(?!import )/m,
    `import { ${id} } from './${name}.ts';\n`,
    'imports',
  );
  return insert(
    imported,
    file,
    /(?<=^export const contracts = \[[^\]]*[^\s,\]])(?=,?\s*\];$)/m,
    `, ${id}`,
    'contracts',
  );
}

/** The table of services with one more row. */
export function listService(text: string, file: string, { name, store }: ServicePlan): string {
  const owns = { postgres: 'Postgres', cassandra: 'Cassandra', none: 'nothing' }[store ?? 'none'];
  const row = `| [\`${name}\`](${name}/README.md) | See its README.md | ${owns} |\n`;
  return insert(text, file, /(?<=^\| folder .*\n(?:\|.*\n)+)(?!\|)/m, row, 'table of services');
}

/** Inserts a text at the first match of an empty pattern. */
function insert(text: string, file: string, at: RegExp, added: string, what: string): string {
  if (at.test(text)) return text.replace(at, () => added);
  throw new ConfigurationError({
    code: 'file-invalid',
    where: file,
    problem: `the place of its ${what} is not found`,
    fix: 'restore its form from the last commit that had it, then run the command again',
  });
}
