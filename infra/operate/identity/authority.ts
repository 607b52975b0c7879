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

/** Kubelets look at Secrets each minute or so, and readers at their files each minute at most. */
const READ = Duration.minutes(3);
/** So long a service keeps a new certificate back: clocks may be that far apart. */
const KEPT_BACK = Duration.minutes(5);

/**
 * Gives an environment's own authority another key, while all that its workloads serve goes on. Takes about 25 minutes,
 * most of it waiting until all have read their files again. Cut off at any point, the same command goes on; until it has
 * ended, the environment takes no deploy.
 * @returns what was done, in words
 * @throws ConfigurationError when the authority isn't the environment's own, and when cert-manager doesn't do its part
 */
export async function rotateAuthority({ kubectl, namespace, progress, taken }: AuthorityRotation): Promise<string> {
  const issuer = await kubectl.get('issuers.cert-manager.io', ISSUER, namespace);
  if (issuer === undefined) {
    throw new ConfigurationError({
      code: 'authority-missing',
      where: `namespace ${namespace}`,
      problem: 'it has no authority of its own',
      fix: "deploy first: `npm start`; where a ClusterIssuer signs, its key is its owner's to change",
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
  return `${namespace} has an authority with a new key, and all certificates are by it; what the old one signed is trusted by nobody`;
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
    progress.say(`all certificates are issued; ${wait} until all workloads use theirs`);
    await delay(wait.toMilliseconds());
  };
}
