import type { DeployTimeSecret } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Config, getProject, type Output, secret } from '@pulumi/pulumi';

/** A source of deploy-time secrets, such as `configSecrets()`. */
export interface SecretSource {
  /** The value, or undefined if it is not set yet. */
  get(name: string): Output<string> | undefined;
  /** The command that sets a first value; the text never includes the value. */
  howToSet(value: DeployTimeSecret): string;
}

/** Commands that print a first value of each format but `given`, for piping into `pulumi config set`. */
const GENERATORS: Readonly<Record<Exclude<DeployTimeSecret['format'], 'given'>, string>> = {
  password: 'openssl rand -base64 32',
  key: 'openssl rand -base64 32',
  uuid: 'cat /proc/sys/kernel/random/uuid',
  'ed25519-jwks':
    "node -e \"const k = crypto.generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }); console.log(JSON.stringify({ keys: [{ ...k, kid: crypto.randomUUID(), alg: 'EdDSA', use: 'sig' }] }))\"",
};

/**
 * Deploy-time secrets from the stack's encrypted config: an object in one key. @default key `secrets`
 * @throws ConfigurationError if the key holds anything else, or a value is not a string
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
      problem: `it must be an object, got ${Array.isArray(values) ? 'an array' : typeof values}`,
      fix: `remove it, then set each value: ${setter('NAME')}`,
    });
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string')
      throw new ConfigurationError({
        code: 'secret-invalid',
        where: `${where}.${name}`,
        problem: `it must be a string, got a ${typeof value}`,
        fix: `set it again: ${setter(name)}`,
      });
    texts.set(name, value);
  }
  return {
    get(name) {
      const text = texts.get(name);
      return text === undefined ? undefined : secret(text);
    },
    howToSet: ({ name, format }) =>
      format === 'given'
        ? `${setter(name)}  # asks for it: paste the value that its issuer gave you`
        : `${GENERATORS[format]} | ${setter(name)}`,
  };
}

/** The source for apps without deploy-time secrets: any such secret is an error. */
export const noSecrets: SecretSource = {
  get: () => undefined,
  howToSet: ({ name }) => `pass \`secrets\` to deploy with a value for '${name}'`,
};

/** @throws ConfigurationError that lists every missing value with the command that sets it */
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
