import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl, LiveObject } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';

export interface RestoreOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** File on the snapshot volume, such as `consul-20261123T061700Z.snap`. @default the newest */
  readonly snapshot?: string;
  readonly progress: Progress;
}

/** Name of the CronJob that takes snapshots: its pod has all that a restore needs except the token. */
const SNAPSHOTS = 'consul-snapshot';
const JOB = 'consul-restore';
const MANAGEMENT = '/var/run/groundwork/management';
/** Limit for the servers to restore a snapshot and elect a leader. */
const TIMEOUT = '5m';

interface Container {
  readonly env: readonly { readonly name: string }[];
  readonly volumeMounts: readonly object[];
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly object[];
}
interface Schedule extends LiveObject {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
    };
  };
}

/**
 * Restores Consul from a snapshot: keys, registrations and ACLs. Running services register again within minutes. Safe to
 * run again after an interruption.
 * @returns a summary of what was done
 * @throws ConfigurationError if there is no Consul, no such snapshot, or the servers reject it; nothing is changed then
 */
export async function restoreConsul({ kubectl, namespace, snapshot, progress }: RestoreOptions): Promise<string> {
  if (snapshot !== undefined && !/^[\w.-]+$/.test(snapshot)) {
    throw new ConfigurationError({
      code: 'option-invalid',
      where: 'snapshot',
      problem: `it must be a file name, got '${snapshot}'`,
      fix: 'write a name without a path, such as consul-20261123T061700Z.snap',
    });
  }
  const schedule = await kubectl.get<Schedule>('cronjob', SNAPSHOTS, namespace);
  if (schedule === undefined)
    throw new ConfigurationError({
      code: 'backups-missing',
      where: `namespace ${namespace}`,
      problem: `it has no CronJob ${SNAPSHOTS}`,
      fix: 'deploy Consul first: `npm start`',
    });
  const run = (...args: readonly string[]) => kubectl.run([...args, '--namespace', namespace]);
  const drop = () => run('delete', 'job', JOB, '--ignore-not-found', '--cascade=foreground');
  await drop();
  progress.step(`restoring ${snapshot ?? 'the newest snapshot'}`);
  await kubectl.run(['apply', '--server-side', '-f', '-'], {
    input: JSON.stringify(jobOf(schedule, namespace, snapshot)),
  });
  try {
    // Any condition ends the wait: a failed Job never becomes complete.
    await run('wait', `job/${JOB}`, '--for=jsonpath={.status.conditions[*].type}', `--timeout=${TIMEOUT}`);
    await run('wait', `job/${JOB}`, '--for=condition=Complete', '--timeout=5s');
    return (await run('logs', `job/${JOB}`)).trim();
  } catch (error) {
    const said = await run('logs', `job/${JOB}`, '--tail=5').catch(() => '');
    throw said === ''
      ? error
      : new ConfigurationError({
          code: 'restore-failed',
          where: `snapshot ${snapshot ?? '(the newest)'}`,
          problem: said.trim(),
          fix: 'fix what the message names; the snapshots are on the volume consul-snapshot',
        });
  } finally {
    await drop();
  }
}

/** The Job that takes snapshots, with a different script and the management token. */
function jobOf({ spec }: Schedule, namespace: string, snapshot: string | undefined): object {
  const { metadata, spec: pod } = spec.jobTemplate.spec.template;
  const [container] = pod.containers;
  const script = [
    `file=/snapshots/${snapshot ?? '$(ls -1 /snapshots | grep "^consul-.*\\.snap$" | sort | tail -n 1)'}`,
    '[ -f "$file" ] || { echo "there is no such file; there are: $(ls /snapshots)"; exit 1; }',
    'consul snapshot inspect "$file" > /dev/null',
    'consul snapshot restore "$file"',
    'echo "as $file has it"',
  ].join('\n');
  const env = container.env.map((one) =>
    one.name === 'CONSUL_HTTP_TOKEN_FILE' ? { ...one, value: `${MANAGEMENT}/management` } : one,
  );
  const token = {
    name: 'management',
    secret: { secretName: 'consul-server', defaultMode: 0o440, items: [{ key: 'management', path: 'management' }] },
  };
  const mounted = { name: 'management', mountPath: MANAGEMENT, readOnly: true };
  const restoring = {
    ...container,
    name: 'restore',
    command: ['sh', '-euc', script],
    env,
    volumeMounts: [...container.volumeMounts, mounted],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: JOB, namespace, ...metadata },
    spec: {
      backoffLimit: 0,
      template: { metadata, spec: { ...pod, containers: [restoring], volumes: [...pod.volumes, token] } },
    },
  };
}
