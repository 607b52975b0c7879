import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl, LiveObject } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';

/** Name of the Job; as it is fixed, two replays cannot run at once. */
const JOB = 'kafka-replay';
/** Name of the Jobs of a super user, which this one is made like. */
const PROVISIONER = 'kafka-provisioner';
const TIMEOUT = '15m';

export interface ReplayOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** Dead-letter topic, such as `user.registered.notifications.dlt`. */
  readonly topic: string;
  /** Only count. */
  readonly dryRun: boolean;
  readonly progress: Progress;
}

/**
 * Replays a dead-letter topic of the builtin Kafka of a namespace, in a Job with the provisioner's image and certificate.
 * @returns how many dead letters were replayed, by reason
 * @throws ConfigurationError `backing-service-missing` without a builtin Kafka; `replay-failed` with the log of the Job
 */
export async function replayDeadLetters({
  kubectl,
  namespace,
  topic,
  dryRun,
  progress,
}: ReplayOptions): Promise<string> {
  const run = (...args: readonly string[]) => kubectl.run(['--namespace', namespace, ...args]);
  const provisioner = newest(await kubectl.list<ProvisionerJob>(namespace, 'jobs'));
  if (provisioner === undefined) {
    throw new ConfigurationError({
      code: 'backing-service-missing',
      where: `namespace ${namespace}`,
      problem: 'there is no builtin Kafka',
      fix: 'deploy the environment first; with the operator back end see docs/kafka.md',
    });
  }
  progress.step(`${dryRun ? 'counting' : 'replaying'} the messages of ${topic}`);
  await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(replayJob(provisioner, topic, dryRun)) });
  try {
    // Any condition ends the wait: a failed Job never becomes complete.
    await run('wait', `job/${JOB}`, '--for=jsonpath={.status.conditions[*].type}', `--timeout=${TIMEOUT}`);
    const log = (await run('logs', `job/${JOB}`)).trim();
    const { status } = (await kubectl.get('job', JOB, namespace)) ?? {};
    if (Number(status?.succeeded ?? 0) > 0) return log;
    throw new ConfigurationError({
      code: 'replay-failed',
      where: `topic ${topic}`,
      problem: log.split('\n').slice(-8).join('\n'),
      fix: 'fix what the message names, and run the same command again: it continues where this one stopped',
    });
  } finally {
    await run('delete', 'job', JOB, '--ignore-not-found', '--cascade=foreground');
  }
}

interface ProvisionerJob extends LiveObject {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [{ readonly name: string; readonly command: readonly string[] }];
}

function newest(jobs: readonly ProvisionerJob[]): ProvisionerJob | undefined {
  return jobs
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === PROVISIONER)
    .sort((a, b) => (`${a.metadata.creationTimestamp}` < `${b.metadata.creationTimestamp}` ? 1 : -1))[0];
}

/** The Job that reconciles topics, with another program. */
export function replayJob({ metadata, spec }: ProvisionerJob, topic: string, dryRun: boolean): object {
  const { spec: pod } = spec.template;
  const [container] = pod.containers;
  const command = [
    'node',
    'infra/provisioner/kafka-replay.ts',
    '/config/kafka.json',
    topic,
    ...(dryRun ? ['--dry-run'] : []),
  ];
  const labels = { 'app.kubernetes.io/name': PROVISIONER, ...partOf(metadata) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: JOB, namespace: metadata.namespace, labels: { 'app.kubernetes.io/name': JOB } },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels }, // the network policy of the provisioner selects them
        spec: { ...pod, restartPolicy: 'Never', containers: [{ ...container, name: 'replay', command }] },
      },
    },
  };
}

function partOf({ labels = {} }: LiveObject['metadata']): Record<string, string> {
  const system = labels['app.kubernetes.io/part-of'];
  return system === undefined ? {} : { 'app.kubernetes.io/part-of': system };
}
