import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KUBERNETES } from '@groundwork/local';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { cachedFolder } from './cached-folder.ts';
import { customKinds } from './definitions/index.ts';
import { goTool } from './go-tool.ts';

const KUBECONFORM = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0';

/** Version of the derivation of schemas; part of the cache key. */
const DERIVATION = '2';

let custom: Promise<string> | undefined;

/** Result of kubeconform for one object. */
export interface Verdict {
  readonly kind: string;
  readonly name: string;
  readonly status: 'statusValid' | 'statusInvalid' | 'statusError' | 'statusSkipped';
  readonly msg: string;
}

/**
 * Runs `kubeconform -strict`, with the API of the embedded cluster's Kubernetes version and the
 * definitions of cert-manager, CloudNativePG, its backup plugin, k8ssandra-operator and Strimzi.
 */
export async function kubeconform(manifests: readonly unknown[]): Promise<readonly Verdict[]> {
  const pattern = '{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json';
  custom ??= customFolder();
  const folders = await Promise.all([schemaFolder(), custom]);
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const options = [
    '-strict',
    '-verbose',
    '-output',
    'json',
    ...folders.flatMap((folder) => ['-schema-location', `${folder}/${pattern}`]),
    '-',
  ];
  const { stdout, stderr } = await execa(await goTool(KUBECONFORM), options, { input, reject: false });
  if (stdout === '') throw new Error(`kubeconform printed nothing: ${stderr}`);
  return (JSON.parse(stdout) as { resources: Verdict[] }).resources;
}

/** JSON schemas of every kind, from the OpenAPI document in Kubernetes' Go module. */
function schemaFolder(): Promise<string> {
  return cachedFolder(join('schemas', contentHash(KUBERNETES, DERIVATION)), async (making) => {
    const { stdout } = await execa('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${KUBERNETES}`], {
      cwd: making,
    });
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    const document = JSON.parse(await readFile(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8')) as {
      definitions: Record<string, Definition>;
    };
    const definitions = Object.fromEntries(
      Object.entries(document.definitions).map(([name, definition]) => [name, strict(name, definition)]),
    );
    await writeFile(join(making, 'definitions.json'), JSON.stringify({ definitions }));
    for (const [name, definition] of Object.entries(document.definitions)) {
      for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
        const schema = { $ref: `definitions.json#/definitions/${name}` };
        // kubeconform uses the part of apiVersion before the slash as the group, and the core group has no slash.
        await writeFile(
          join(making, `${group || version}_${version}_${kind.toLowerCase()}.json`),
          JSON.stringify(schema),
        );
      }
    }
  });
}

/** JSON schemas of kinds of CustomResourceDefinitions. */
async function customFolder(): Promise<string> {
  const kinds = await customKinds();
  return cachedFolder(join('schemas', contentHash(JSON.stringify(kinds))), async (making) => {
    for (const { group, version, kind, schema } of kinds) {
      await writeFile(join(making, `${group}_${version}_${kind.toLowerCase()}.json`), JSON.stringify(schema));
    }
  });
}

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** The API server drops unknown fields: here they are errors. OpenAPI 2 cannot express "number or string". */
function strict(name: string, definition: Definition): unknown {
  if (name.endsWith('.IntOrString')) return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const open = definition.properties === undefined || definition.additionalProperties !== undefined;
  return open ? definition : { ...definition, additionalProperties: false };
}
