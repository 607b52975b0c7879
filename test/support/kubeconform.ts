import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KUBERNETES } from '@groundwork/local';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { customKinds } from './definitions/index.ts';
import { goTool } from './go-tool.ts';
import { kept } from './kept.ts';

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
  const options = [
    '-strict',
    '-verbose',
    '-output',
    'json',
    ...folders.flatMap((folder) => ['-schema-location', `${folder}/${pattern}`]),
    '-',
  ];
  const { stdout, stderr } = await execa(await goTool(KUBECONFORM), options, { input, reject: false });
  if (stdout === '') throw new Error(`kubeconform said nothing: ${stderr}`);
  return (JSON.parse(stdout) as { resources: Verdict[] }).resources;
}

/** JSON schemas of every kind, from the OpenAPI document that ships in Kubernetes' own Go module. */
function schemaFolder(): Promise<string> {
  return kept(join('schemas', contentHash(KUBERNETES, DERIVATION)), async (making) => {
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
        // kubeconform takes the part before the slash of apiVersion for the group, and the core group has no slash.
        await writeFile(
          join(making, `${group || version}_${version}_${kind.toLowerCase()}.json`),
          JSON.stringify(schema),
        );
      }
    }
  });
}

/** The same for kinds that CustomResourceDefinitions add. */
async function customFolder(): Promise<string> {
  const kinds = await customKinds();
  return kept(join('schemas', contentHash(JSON.stringify(kinds))), async (making) => {
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

/** The API server drops fields that it doesn't know: here they are errors. OpenAPI 2 has no word for "number or text". */
function strict(name: string, definition: Definition): unknown {
  if (name.endsWith('.IntOrString')) return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const open = definition.properties === undefined || definition.additionalProperties !== undefined;
  return open ? definition : { ...definition, additionalProperties: false };
}
