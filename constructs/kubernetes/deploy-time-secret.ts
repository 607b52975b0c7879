import { ConfigurationError, dnsLabel, valueAt } from '@groundwork/contract';
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

/**
 * How a missing value of a deploy-time secret is generated: 32 random bytes in base64url (`password`) or base64
 * (`key`), a random UUID, or a private JSON Web Key Set for signing. A `given` value is issued by a third party, such as
 * an object store, and never generated.
 */
export type SecretFormat = 'password' | 'key' | 'uuid' | 'ed25519-jwks' | 'given';

/** A value that is known only at deploy time. */
export interface DeployTimeSecret {
  /** Path of DNS labels that identifies it, such as `postgres/users/app`. */
  readonly name: string;
  /** How a missing value is generated. */
  readonly format: SecretFormat;
}

const TOKEN = /<<secret:([a-z0-9-]+):([a-z0-9/-]+)>>/g;

/**
 * A token that represents a secret in the construct tree. Each outlet replaces it: the Pulumi bridge from the stack's
 * encrypted config, `apply` from a local secrets file; a preview keeps the token. Valid only as a whole `stringData` value.
 */
export function deployTimeSecret(name: string, format: SecretFormat): string {
  for (const part of name.split('/')) dnsLabel(part, `deploy-time secret '${name}'`, 63);
  return `<<secret:${format}:${name}>>`;
}

/** Parses a token; undefined for any other text. */
export function parseDeployTimeSecret(text: string): DeployTimeSecret | undefined {
  const [match] = text.matchAll(TOKEN);
  return match && match[0] === text ? { format: match[1] as SecretFormat, name: match[2] as string } : undefined;
}

/**
 * Replaces the deploy-time secrets of one object's JSON; the object itself is not modified.
 * @throws ConfigurationError for a token that is not a whole value of a Secret's `stringData`.
 */
export function resolveDeployTimeSecrets<M extends Readonly<Record<string, unknown>>>(
  manifest: M,
  resolve: (value: DeployTimeSecret, key: string) => unknown,
): M {
  const { apiVersion, kind, stringData, ...rest } = manifest;
  const where = `${kind}/${valueAt(manifest, 'metadata', 'name')}`;
  rejectTokens(rest, where);
  if (apiVersion !== 'v1' || kind !== 'Secret' || typeof stringData !== 'object' || stringData === null) {
    rejectTokens(stringData, where);
    return manifest;
  }
  const resolved = Object.entries(stringData).map(([key, text]: [string, unknown]) => {
    const value = typeof text === 'string' ? parseDeployTimeSecret(text) : undefined;
    if (value === undefined) rejectTokens(text, `${where} › stringData.${key}`);
    return [key, value === undefined ? text : resolve(value, key)];
  });
  return { ...manifest, stringData: Object.fromEntries(resolved) };
}

/** Apps that an outlet reads, which replaces the tokens. */
const read = new WeakSet<IConstruct>();
/** Apps that have the validation of `rejectUnresolvedSecrets`. */
const guarded = new WeakSet<IConstruct>();

/** Reads an app for an outlet that replaces the tokens of deploy-time secrets, or only shows them to people. */
export function acceptSecrets<T>(app: IConstruct, result: () => T): T {
  read.add(app);
  try {
    return result();
  } finally {
    read.delete(app);
  }
}

/** Makes cdk8s's own synth of an app fail as long as it would write the token of a deploy-time secret as a value. */
export function rejectUnresolvedSecrets({ root }: IConstruct['node']): void {
  if (guarded.has(root)) return;
  guarded.add(root);
  root.node.addValidation({ validate: () => (read.has(root) ? [] : unresolvedSecrets(root)) });
}

function unresolvedSecrets(root: IConstruct): string[] {
  const tokens = root.node.findAll().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct)) return [];
    const text = JSON.stringify(construct.toJson());
    return mayHoldSecret(text)
      ? [...text.matchAll(TOKEN)].map(([, , name]) => `${name} (${construct.kind}/${construct.name})`)
      : [];
  });
  if (tokens.length === 0) return [];
  const error = new ConfigurationError({
    code: 'secret-unresolved',
    where: 'the cdk8s app',
    problem: `a plain synth would write a known text in place of each deploy-time secret: ${[...new Set(tokens)].join(', ')}`,
    fix: 'set externalSecrets of the Platform to read them from a secret store, deploy with Pulumi (`deploy(app, …)`), which has the values, or pass `synthesize(app)` to a tool that only reads',
  });
  return [error.message];
}

/** Whether a text may have a deploy-time secret in it: a quick look, before a close one. */
export function mayHoldSecret(text: string): boolean {
  return text.includes('<<secret:');
}

function rejectTokens(part: unknown, where: string): void {
  const text = JSON.stringify(part) ?? '';
  if (!mayHoldSecret(text)) return;
  const [token] = text.matchAll(TOKEN);
  if (token === undefined) return;
  throw new ConfigurationError({
    code: 'secret-misplaced',
    where,
    problem: `a deploy-time secret must be a whole value in a Secret's stringData; '${token[2]}' is elsewhere or part of a longer text`,
    fix: 'put it into a Secret as a separate value, and mount the Secret',
  });
}
