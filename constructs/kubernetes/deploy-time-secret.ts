import { dnsLabel, Mistake } from '@groundwork/contract';

/**
 * How the first value of a late secret is made where nobody gives one: 32 random bytes in base64url (`password`) or in
 * base64 (`key`), a random UUID, or a private key set that signs.
 */
export type LateFormat = 'password' | 'key' | 'uuid' | 'ed25519-jwks';

/** A value that is known at deploy time only. */
export interface LateValue {
  /** Path of DNS labels that says what it is for, such as `postgres/users/app`. */
  readonly name: string;
  readonly format: LateFormat;
}

const TOKEN = /<<late:([a-z0-9-]+):([a-z0-9/-]+)>>/g;

/**
 * Stands for a secret in the tree. Each outlet puts its value in: the Pulumi bridge from the stack's encrypted config,
 * `apply` from a local secrets file, a preview leaves the token. It may only be a whole `stringData` value of a Secret.
 */
export function late(name: string, format: LateFormat): string {
  for (const part of name.split('/')) dnsLabel(part, `late value '${name}'`, 63);
  return `<<late:${format}:${name}>>`;
}

/** The late value that a text stands for, or undefined for any other text. */
export function lateValue(text: string): LateValue | undefined {
  const [match] = text.matchAll(TOKEN);
  return match && match[0] === text ? { format: match[1] as LateFormat, name: match[2] as string } : undefined;
}

/**
 * Replaces the late values of one object's JSON; the object itself stays as it is.
 * @throws Mistake for a token anywhere but as a whole value of a Secret's `stringData`.
 */
export function resolveLateValues<V>(
  manifest: Readonly<Record<string, unknown>>,
  resolve: (value: LateValue) => V,
): Record<string, unknown> {
  const { kind, metadata, stringData, ...rest } = manifest as {
    kind: string;
    metadata?: { name?: string };
    stringData?: Record<string, string>;
  };
  const where = `${kind}/${metadata?.name}`;
  const isSecret = kind === 'Secret' && (manifest as { apiVersion?: string }).apiVersion === 'v1';
  refuseTokens({ metadata, ...rest, ...(isSecret ? {} : { stringData }) }, where);
  if (!isSecret || stringData === undefined) return { ...manifest };
  const resolved = Object.entries(stringData).map(([key, text]) => {
    const value = lateValue(text);
    if (value === undefined) refuseTokens(text, `${where} › stringData.${key}`);
    return [key, value === undefined ? text : resolve(value)];
  });
  return { ...manifest, stringData: Object.fromEntries(resolved) };
}

function refuseTokens(part: unknown, where: string): void {
  const [token] = (JSON.stringify(part) ?? '').matchAll(TOKEN);
  if (token === undefined) return;
  throw new Mistake(
    where,
    `the late value '${token[2]}' stands outside of a Secret's stringData, or inside a longer text`,
    'put it into a Secret as a value of its own, and mount that',
  );
}
