import type { SecretFormat, System } from '@groundwork/constructs';
import { ConfigurationError, valueAt } from '@groundwork/contract';
import { type Cluster, Kubectl, SecretsFile } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';
import { rotateAuthority } from '../identity/authority.ts';
import { issueAgain } from '../identity/certificate.ts';
import { AppliedSecrets } from './applied-secrets.ts';
import { type KnownSecret, PROCEDURES, readersOf, type SecretStore, secretsOf } from './list.ts';

export interface Rotating {
  readonly name: string;
  /** New value of a secret issued by a third party, such as a receiver's token. @default a generated one */
  readonly given?: string;
  readonly cluster: Pick<Cluster, 'kubectl' | 'state'>;
  readonly namespace: string;
  /** All objects of the environment. */
  readonly system: System;
  /** Opens the store of the values; not used for certificates. @default the file of the `apply` engine */
  readonly open?: () => Promise<SecretStore>;
}

/**
 * Rotates a secret: sets its next value, applies it to the cluster, and restarts workloads that read it only at start.
 * Safe to run again after an interruption: that sets another value.
 * @returns a summary of what was done
 * @throws ConfigurationError if the name is unknown, the secret is rotated by hand or not deployed, or a rollout fails
 */
export async function rotate(rotating: Rotating, progress: Progress): Promise<string> {
  const { name, namespace, cluster, system, given } = rotating;
  const known = secretsOf(system);
  const secret = known.find((one) => one.name === name);
  const where = `secret '${name}'`;
  if (secret === undefined)
    throw new ConfigurationError({
      code: 'secret-unknown',
      where,
      problem: 'there is no secret of this name',
      fix: `choose one of: ${known.map((one) => one.name).join(', ')}`,
    });
  const kubectl = new Kubectl(cluster);
  const { kind, metadata } = secret.manifest;
  const open = async () => (await rotating.open?.()) ?? new AppliedSecrets(SecretsFile.of(cluster, namespace), kubectl);
  if ((await kubectl.get(kind, metadata.name, namespace)) === undefined) {
    if (secret.format === 'given' && given !== undefined) {
      await (await open()).keep(name, secret.format, given, true);
      return `${name}: stored; the next deploy applies it`;
    }
    const fix = 'deploy it first: `npm start`; a cluster without access to an image registry has no Grafana';
    throw new ConfigurationError({
      code: 'object-not-deployed',
      where,
      problem: `it is not deployed: the cluster has no ${kind} '${metadata.name}'`,
      fix,
    });
  }
  if (secret.rotation === 'renewal') return renew(kubectl, namespace, secret, progress);
  if (secret.rotation === 'by hand')
    throw new ConfigurationError({
      code: 'rotation-unsupported',
      where,
      problem: 'a new value alone would break access',
      fix: 'follow its steps in docs/secrets.md',
    });
  const store = await open();
  const format = secret.format as SecretFormat;
  if (given === undefined && (format === 'given' || store.isGiven(name, format)))
    throw new ConfigurationError({
      code: 'rotation-unsupported',
      where,
      problem: 'its value is issued by a third party',
      fix: 'pass the next one: `npm run secrets -- rotate NAME --from FILE`',
    });
  progress.step(`applying a new value of ${name} to the cluster`);
  const turn = { kubectl, namespace, value: given ?? store.next(name, format) };
  const procedure = secret.rotation === 'procedure' ? PROCEDURES.get(name) : undefined;
  // Stored only when it is valid: a deploy after a failure applies the value that works.
  await quoting(secret, store, async () => procedure?.begin(turn), turn.value);
  await quoting(secret, store, () => store.keep(name, format, turn.value, given !== undefined), turn.value);
  await quoting(secret, store, () => store.handOver(secret.manifest));
  if (secret.rotation === 'reload')
    return `${name}: rotated; pods reload it within two minutes, and what it signed before stays valid`;
  const readers = readersOf(system, secret.manifest.metadata.name, secret.key as string);
  for (const reader of readers) {
    progress.step(`restarting ${reader}`);
    await kubectl.run(['rollout', 'restart', reader, '--namespace', namespace]);
  }
  for (const reader of readers)
    await kubectl.run(['rollout', 'status', reader, '--namespace', namespace, '--timeout=5m']);
  await quoting(secret, store, async () => procedure?.end(turn));
  return `${name}: rotated; restarted: ${readers.join(', ') || 'nothing reads it'}`;
}

/** Runs work whose error texts may quote values, and redacts them. @param fresh a value that is not stored yet */
async function quoting(
  { name }: Pick<KnownSecret, 'name'>,
  store: SecretStore,
  work: () => Promise<unknown>,
  fresh = '',
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof ConfigurationError
      ? new ConfigurationError({
          code: 'rotation-failed',
          where: `secret '${name}'`,
          problem: store.redact(fresh === '' ? error.problem : error.problem.replaceAll(fresh, '(secret)')),
          fix: 'fix what the message names, and run the command again',
        })
      : error;
  }
}

/** Reissues a certificate; the key of an authority is rotated in steps. */
async function renew(
  kubectl: Kubectl,
  namespace: string,
  { name, manifest }: KnownSecret,
  progress: Progress,
): Promise<string> {
  if (valueAt(manifest.spec, 'isCA') === true) return rotateAuthority({ kubectl, namespace, progress });
  progress.step(`waiting until ${name} is reissued`);
  await issueAgain(kubectl, namespace, name);
  return `${name}: reissued; pods reload it without a restart`;
}
