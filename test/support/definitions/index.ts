import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { certManagerDefinitions } from '@groundwork/local';
import { cnpgDefinitions } from './cnpg.ts';
import { k8ssandraDefinitions } from './k8ssandra/index.ts';
import { strimziDefinitions } from './strimzi.ts';

/** A kind of a CustomResourceDefinition, and the schema of one version of it. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: unknown;
}

interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly {
    readonly name: string;
    readonly served: boolean;
    readonly schema: { readonly openAPIV3Schema: Schema };
  }[];
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

const silent = { step() {}, say() {}, skipped() {} };

/** Published definitions of the operators in use, downloaded by package managers. */
export async function operatorDefinitions(): Promise<readonly Manifest[]> {
  const work = await mkdtemp(join(tmpdir(), 'groundwork-definitions-'));
  try {
    return (
      await Promise.all([
        certManagerDefinitions(silent),
        cnpgDefinitions(),
        k8ssandraDefinitions(),
        strimziDefinitions(work),
      ])
    ).flat();
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Kinds of the operators in use. */
export async function customKinds(): Promise<readonly CustomKind[]> {
  return (await operatorDefinitions()).flatMap(kindsOf);
}

/** The kinds of one definition, with unknown fields as errors; the API server would drop them. */
export function kindsOf({ spec }: Manifest): CustomKind[] {
  const { group, names, versions } = spec as DefinitionSpec;
  const served = versions.filter((version) => version.served);
  return served.map(({ name, schema }) => ({
    group,
    version: name,
    kind: names.kind,
    schema: strict(schema.openAPIV3Schema, true),
  }));
}

/** The API server defines `metadata`, so it is open here; all other objects are closed. */
function strict(schema: Schema, top = false): unknown {
  const { properties, items, ...rest } = schema;
  const closed =
    properties !== undefined &&
    rest.additionalProperties === undefined &&
    rest['x-kubernetes-preserve-unknown-fields'] !== true;
  const inner = Object.entries(properties ?? {}).map(([name, property]) => [
    name,
    top && name === 'metadata' ? property : strict(property),
  ]);
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }),
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(closed ? { additionalProperties: false } : {}),
  };
}
