import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, Duration } from '@groundwork/contract';
import { type Kubectl, ROTATION_MANAGER, ROTATION_STEP, rotationStep } from '../../deploy/index.ts';
import { elapsed, type Progress } from '../../tools/progress.ts';
import { type Signing, STEPS } from './rotation.ts';
import { CertManagerSigning, ISSUER } from './signing.ts';

export interface AuthorityRotation {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly progress: Progress;
  /** See `Signing`. @default 3 minutes, and 5 more when trust stays the same */
  readonly taken?: Signing['taken'];
}

/** Kubelets sync Secrets about once a minute, and workloads check their files at most once a minute. */
const READ = Duration.minutes(3);
/** Delay before a service uses a new certificate, since clocks may differ that much. */
const KEPT_BACK = Duration.minutes(5);

/**
 * Rotates the key of an environment's own authority without downtime. Takes about 25 minutes, most of it waiting until
 * all workloads have reloaded their files. After an interruption, the same command continues; until it has finished, the
 * environment rejects deploys.
 * @returns a summary of what was done
 * @throws ConfigurationError if the environment has no own authority, or cert-manager does not issue in time
 */
export async function rotateAuthority({ kubectl, namespace, progress, taken }: AuthorityRotation): Promise<string> {
  const issuer = await kubectl.get('issuers.cert-manager.io', ISSUER, namespace);
  if (issuer === undefined) {
    throw new ConfigurationError({
      code: 'authority-missing',
      where: `namespace ${namespace}`,
      problem: "it has no authority: there is no Issuer 'identity'",
      fix: 'deploy first: `npm start`; the key of a ClusterIssuer is rotated by its owner',
    });
  }
  const signing = new CertManagerSigning(kubectl, namespace, taken ?? waiting(progress));
  const begun = rotationStep(await kubectl.get('namespace', namespace)) ?? 1;
  for (const [index, { title, run }] of STEPS.entries()) {
    if (index + 1 < begun) continue;
    await note(kubectl, namespace, `${ROTATION_STEP}=${index + 1}`);
    await elapsed(progress, `${index + 1} of ${STEPS.length}: ${title}`, () => run(signing));
  }
  await note(kubectl, namespace, `${ROTATION_STEP}-`);
  return `${namespace} has an authority with a new key, and it has issued all certificates; no workload trusts the old key`;
}

async function note(kubectl: Kubectl, namespace: string, annotation: string): Promise<void> {
  await kubectl.run([
    'annotate',
    '--overwrite',
    `--field-manager=${ROTATION_MANAGER}`,
    'namespace',
    namespace,
    annotation,
  ]);
}

function waiting(progress: Progress): Signing['taken'] {
  return async (sameTrust) => {
    const wait = Duration.millis(READ.toMilliseconds() + (sameTrust ? KEPT_BACK.toMilliseconds() : 0));
    progress.say(`all certificates are issued; waiting ${wait} until all workloads use theirs`);
    await delay(wait.toMilliseconds());
  };
}
