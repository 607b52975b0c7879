import type { DeployTimeSecret } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Config, getProject, type Output, secret } from '@pulumi/pulumi';

/** Where the deploy-time secrets of Secrets come from. */
export interface SecretSource {
  /** The value, or undefined if there is none yet. */
  get(name: string): Output<string> | undefined;
  /** The command that gives a value its first content; never with the content in it. */
  howToSet(value: DeployTimeSecret): string;
}

/** What makes a first value of each format, for piping into `pulumi config set`; both print to standard output. */
const GENERATORS: Readonly<Record<DeployTimeSecret['format'], string>> = {
  password: 'openssl rand -base64 32',
  key: 'openssl rand -base64 32',
  uuid: 'cat /proc/sys/kernel/random/uuid',
  'ed25519-jwks':
    "node -e \"const k = crypto.generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }); console.log(JSON.stringify({ keys: [{ ...k, kid: crypto.randomUUID(), alg: 'EdDSA', use: 'sig' }] }))\"",
};

/**
 * Deploy-time secrets from the stack's encrypted config: an object under one key, `secrets` unless told otherwise.
 * @throws ConfigurationError when the key holds anything else, or a value is no text.
 */
export function configSecrets(config: Config = new Config(), key = 'secrets'): SecretSource {
  const values: unknown = config.getObject(key) ?? {};
  const where = `stack config ${config.name}:${key}`;
  const setter = (name: string) =>
    `pulumi config set --secret --path '${config.name === getProject() ? '' : `${config.name}:`}${key}.${name}'`;
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new ConfigurationError({
      code: 'secret-invalid',
      where,
      problem: 'it is no object',
      fix: `remove it, then set each value: ${setter('NAME')}`,
    });
  for (const [name, value] of Object.entries(values))
    if (typeof value !== 'string')
      throw new ConfigurationError({
        code: 'secret-invalid',
        where: `${where}.${name}`,
        problem: `it is a ${typeof value}, not a text`,
        fix: `set it again: ${setter(name)}`,
      });
  return {
    get: (name) =>
      Object.hasOwn(values, name) ? secret((values as Record<string, string>)[name] as string) : undefined,
    howToSet: ({ name, format }) => `${GENERATORS[format]} | ${setter(name)}`,
  };
}

/** For apps without deploy-time secrets: each one there is, is missing. */
export const noSecrets: SecretSource = {
  get: () => undefined,
  howToSet: ({ name }) => `hand deploy a source of secrets that knows '${name}'`,
};

/** @throws ConfigurationError that lists every value that the source lacks, with the command that sets it. */
export function requireSecrets(values: readonly DeployTimeSecret[], source: SecretSource): void {
  const missing = [...new Map(values.map((value) => [value.name, value])).values()].filter(
    ({ name }) => source.get(name) === undefined,
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => `'${name}'`).join(', ');
  throw new ConfigurationError({
    code: 'secret-missing',
    where: 'deploy-time secrets of Secrets',
    problem: `no value for ${names}`,
    fix: `set ${missing.length === 1 ? 'it' : 'them'} once for this stack:\n  ${missing.map((value) => source.howToSet(value)).join('\n  ')}`,
  });
}
