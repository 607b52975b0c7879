import type { SecretFormat, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { type Cluster, Kubectl, SecretsFile } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';
import { issueAgain, rotateAuthority } from '../identity/index.ts';
import { AppliedSecrets } from './applied-secrets.ts';
import { type KnownSecret, readersOf, secretsOf } from './list.ts';
import { PROCEDURES } from './procedures.ts';
import type { SecretStore } from './store.ts';

export interface Rotating {
  readonly name: string;
  /** New value of one that others decide on, such as a receiver's token. @default one is made */
  readonly given?: string;
  readonly cluster: Pick<Cluster, 'kubectl' | 'state'>;
  readonly namespace: string;
  /** All of the environment. */
  readonly system: System;
  /** Opens where its values are kept; certificates have no need of it. @default the file of the `apply` engine */
  readonly open?: () => Promise<SecretStore>;
}

/**
 * Gives a secret its next value, hands it to the cluster, and rolls what reads it at its start only. Safe to run again
 * after it was cut off: that gives one value more.
 * @returns what was done, in words
 * @throws ConfigurationError for a name that no object has, one that is rotated by hand or not deployed, and when a rollout fails
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
      problem: 'there is none of this name',
      fix: `choose one of: ${known.map((one) => one.name).join(', ')}`,
    });
  const kubectl = new Kubectl(cluster);
  const { kind, metadata } = secret.manifest;
  if ((await kubectl.get(kind, metadata.name, namespace)) === undefined) {
    const fix = 'deploy it first: `npm start`; a cluster that reaches no image registry goes without Grafana';
    throw new ConfigurationError({
      code: 'object-not-deployed',
      where,
      problem: `what it belongs to is not deployed: the cluster has no ${kind} '${metadata.name}'`,
      fix,
    });
  }
  if (secret.rotation === 'renewal') return renew(kubectl, namespace, secret, progress);
  if (secret.rotation === 'by hand')
    throw new ConfigurationError({
      code: 'rotation-unsupported',
      where,
      problem: 'a new value alone would lock somebody out',
      fix: 'follow its steps in docs/secrets.md',
    });
  const store = (await rotating.open?.()) ?? new AppliedSecrets(SecretsFile.of(cluster, namespace), kubectl);
  const format = secret.format as SecretFormat;
  if (given === undefined && store.isGiven(name, format))
    throw new ConfigurationError({
      code: 'rotation-unsupported',
      where,
      problem: 'its value was decided on by others',
      fix: 'hand over the next one: `npm run secrets -- rotate NAME --from FILE`',
    });
  progress.step(`handing a new value of ${name} to the cluster`);
  const turn = { kubectl, namespace, value: given ?? store.next(name, format) };
  const procedure = secret.rotation === 'procedure' ? PROCEDURES.get(name) : undefined;
  // Written down only when it is good: a deploy after a failure hands over the one that is.
  await quoting(secret, store, async () => procedure?.begin(turn), turn.value);
  await quoting(secret, store, () => store.keep(name, format, turn.value, given !== undefined), turn.value);
  await quoting(secret, store, () => store.handOver(secret.manifest));
  if (secret.rotation === 'reload')
    return `${name}: a new value; pods read it again within a minute or two, and what it signed before stays valid`;
  const readers = readersOf(system, secret.manifest.metadata.name, secret.key as string);
  for (const reader of readers) {
    progress.step(`rolling ${reader}`);
    await kubectl.run(['rollout', 'restart', reader, '--namespace', namespace]);
  }
  for (const reader of readers)
    await kubectl.run(['rollout', 'status', reader, '--namespace', namespace, '--timeout=5m']);
  await quoting(secret, store, async () => procedure?.end(turn));
  return `${name}: a new value; rolled: ${readers.join(', ') || 'nothing reads it'}`;
}

/** Does what may fail with words that have a value in them, and leaves that out. @param fresh a value that is not written down yet */
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
          fix: 'see what it says, and run this again',
        })
      : error;
  }
}

/** A certificate is issued again; one that signs the others gets another key, while both are trusted. */
async function renew(
  kubectl: Kubectl,
  namespace: string,
  { name, manifest }: KnownSecret,
  progress: Progress,
): Promise<string> {
  if ((manifest.spec as { isCA?: boolean }).isCA === true) return rotateAuthority({ kubectl, namespace, progress });
  progress.step(`waiting for ${name} to be issued again`);
  await issueAgain(kubectl, namespace, name);
  return `${name}: issued again; pods read it without a restart`;
}
