import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../infra/cache.ts';
import { KUBERNETES } from '../../infra/cluster/embedded/binaries.ts';
import { customKinds } from './definitions/index.ts';

const KUBECONFORM = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0';

/** Counts up when schemas are derived in another way. */
const DERIVATION = '2';

let custom: Promise<string> | undefined;

/** What kubeconform says of one object. */
export interface Verdict {
  readonly kind: string;
  readonly name: string;
  readonly status: 'statusValid' | 'statusInvalid' | 'statusError' | 'statusSkipped';
  readonly msg: string;
}

/**
 * Asks `kubeconform -strict`, with the API of the Kubernetes version that the embedded cluster runs, and with the
 * definitions of cert-manager, CloudNativePG, its backup plugin and Strimzi.
 */
export async function kubeconform(manifests: readonly unknown[]): Promise<readonly Verdict[]> {
  const pattern = '{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json';
  custom ??= customFolder();
  const folders = await Promise.all([schemaFolder(), custom]);
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const options = ['-strict', '-verbose', '-output', 'json', ...folders.flatMap((folder) => ['-schema-location', `${folder}/${pattern}`]), '-'];
  const { stdout, stderr } = await execa(await binary(), options, { input, reject: false });
  if (stdout === '') throw new Error(`kubeconform said nothing: ${stderr}`);
  return (JSON.parse(stdout) as { resources: Verdict[] }).resources;
}

/** Built from its Go module on first use: half a minute, then never again. */
async function binary(): Promise<string> {
  const folder = join(cacheRoot(), 'bin', contentHash(KUBECONFORM));
  const file = join(folder, 'kubeconform');
  if (existsSync(file)) return file;
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  await execa('go', ['install', KUBECONFORM], { cwd: making, env: { GOBIN: making, CGO_ENABLED: '0' } });
  return place(making, folder, file);
}

/** JSON schemas of every kind, from the OpenAPI document that ships in Kubernetes' own Go module. */
async function schemaFolder(): Promise<string> {
  const folder = join(cacheRoot(), 'schemas', contentHash(KUBERNETES, DERIVATION));
  if (existsSync(folder)) return folder;
  const { stdout } = await execa('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${KUBERNETES}`], { cwd: cacheRoot() });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const document = JSON.parse(await readFile(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8')) as { definitions: Record<string, Definition> };
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  const definitions = Object.fromEntries(Object.entries(document.definitions).map(([name, definition]) => [name, strict(name, definition)]));
  await writeFile(join(making, 'definitions.json'), JSON.stringify({ definitions }));
  for (const [name, definition] of Object.entries(document.definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      const schema = { $ref: `definitions.json#/definitions/${name}` };
      // kubeconform takes the part before the slash of apiVersion for the group, and the core group has no slash.
      await writeFile(join(making, `${group || version}_${version}_${kind.toLowerCase()}.json`), JSON.stringify(schema));
    }
  }
  return place(making, folder, folder);
}

/** The same for kinds that CustomResourceDefinitions add. */
async function customFolder(): Promise<string> {
  const kinds = await customKinds();
  const folder = join(cacheRoot(), 'schemas', contentHash(JSON.stringify(kinds)));
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  for (const { group, version, kind, schema } of kinds) {
    await writeFile(join(making, `${group}_${version}_${kind.toLowerCase()}.json`), JSON.stringify(schema));
  }
  return place(making, folder, folder);
}

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** The API server drops fields that it doesn't know: here they are errors. OpenAPI 2 has no word for "number or text". */
function strict(name: string, definition: Definition): unknown {
  if (name.endsWith('.IntOrString')) return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const open = definition.properties === undefined || definition.additionalProperties !== undefined;
  return open ? definition : { ...definition, additionalProperties: false };
}

/** Two test runs may make the same thing at once: the first to end wins, the other takes its result. */
async function place(making: string, folder: string, result: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return result;
}
