import { ConfigurationError, valueAt } from '@groundwork/contract';
import { type Kubectl, type LiveObject, RESTORE_MANAGER } from '../../deploy/index.ts';
import { until } from '../../tools/wait.ts';

const SERVER = 'postgres';
const TEMPLATE = 'postgres-restore';
const NOTE = 'groundwork/restore';

/** Steps of `restore.sh` in the server's image. */
export type Step = 'check' | 'restore' | 'undo' | 'finish';

/** State that a restore records on the StatefulSet, so that an interrupted one can continue. */
export interface Note {
  /** The running or interrupted restore, with the id in its file names; undefined if there is none. */
  readonly pending?: { readonly id: string; readonly to: string; readonly backup: string };
  readonly past: readonly { readonly to: string; readonly at: string }[];
}

/** The builtin PostgreSQL server of a namespace, with the operations that a restore needs. */
export class Server {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  readonly #timeout: number;

  /** @param timeout limit for each step, in milliseconds. @default an hour */
  public constructor(kubectl: Kubectl, namespace: string, timeout = 3_600_000) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.#timeout = timeout;
  }

  /** @throws ConfigurationError if there is no server in the namespace, or it has no backups */
  public async note(): Promise<Note> {
    const server = await this.#kubectl.get('statefulset', SERVER, this.#namespace);
    if (server === undefined) {
      throw new ConfigurationError({
        code: 'backing-service-missing',
        where: `namespace ${this.#namespace}`,
        problem: 'there is no builtin PostgreSQL',
        fix: 'deploy the environment first; with the operator back end see docs/postgres.md',
      });
    }
    const text = server.metadata.annotations?.[NOTE];
    return text === undefined ? { past: [] } : JSON.parse(text);
  }

  public async write(note: Note): Promise<void> {
    await this.#run(
      'annotate',
      '--overwrite',
      `--field-manager=${RESTORE_MANAGER}`,
      `statefulset/${SERVER}`,
      `${NOTE}=${JSON.stringify(note)}`,
    );
  }

  /** Whether the server accepts connections. */
  public async isUp(): Promise<boolean> {
    const pod = await this.#kubectl.get('pod', `${SERVER}-0`, this.#namespace);
    const conditions = (pod?.status?.conditions ?? []) as { type: string; status: string }[];
    return (
      pod?.metadata.deletionTimestamp === undefined &&
      conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    );
  }

  /** Runs one statement as the superuser in the server's pod, and returns its result. */
  public async ask(sql: string): Promise<string> {
    return (
      await this.#run('exec', `${SERVER}-0`, '-c', 'postgres', '--', 'psql', '-XAtq', '-U', 'postgres', '-c', sql)
    ).trim();
  }

  /**
   * Archives all transactions committed up to now, and one more commit: without a later commit, a recovery to a time just
   * before now would not reach its target.
   */
  public async archiveAll(): Promise<void> {
    await this.ask('SELECT txid_current()');
    await this.#run(
      'exec',
      `${SERVER}-0`,
      '-c',
      'postgres',
      '--',
      'sh',
      '-ec',
      '. /etc/groundwork/postgres/scripts/repository.sh; pgbackrest --log-level-console=warn check',
    );
  }

  /** Stops the server, and returns when its pod is deleted. */
  public async stop(): Promise<void> {
    await this.#run('scale', `statefulset/${SERVER}`, '--replicas=0');
    await this.#until(
      'the pod is deleted',
      async () => (await this.#kubectl.get('pod', `${SERVER}-0`, this.#namespace)) === undefined,
    );
  }

  /**
   * Starts the server, and returns when it accepts writes.
   * @returns the end of its log if it does not start; undefined if it does
   */
  public async start(): Promise<string | undefined> {
    await this.#run('scale', `statefulset/${SERVER}`, '--replicas=1');
    let wrong: string | undefined;
    await this.#until('the server accepts writes', async () => {
      if (await this.isUp()) return (await this.ask('SELECT pg_is_in_recovery()')) === 'f';
      wrong = await this.#crash();
      return wrong !== undefined;
    });
    return wrong;
  }

  /** Runs a step as a Job from the template deployed with the server. @returns its log @throws ConfigurationError with its log if it fails */
  public async job(step: Step, id: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const template = await this.#kubectl.get('cronjob', TEMPLATE, this.#namespace);
    if (template === undefined) {
      throw new ConfigurationError({
        code: 'backups-missing',
        where: `namespace ${this.#namespace} › postgres`,
        problem: 'it has no backups',
        fix: "set 'backups' of the environment's postgres, and deploy it",
      });
    }
    const name = `${TEMPLATE}-${id}-${step}`;
    await this.#run('delete', 'job', name, '--ignore-not-found', '--wait');
    await this.#kubectl.run(['create', '-f', '-'], {
      input: JSON.stringify(jobOf(template, name, { STEP: step, ID: id, ...env })),
    });
    let failed = false;
    await this.#until(`job ${name} ends`, async () => {
      const job = await this.#kubectl.get('job', name, this.#namespace);
      failed = Number(valueAt(job, 'status', 'failed') ?? 0) > 0;
      return failed || Number(valueAt(job, 'status', 'succeeded') ?? 0) > 0;
    });
    const log = await this.#run('logs', `job/${name}`);
    await this.#run('delete', 'job', name, '--wait=false');
    if (failed)
      throw new ConfigurationError({
        code: 'restore-failed',
        where: `job ${name}`,
        problem: log.trim().split('\n').slice(-8).join('\n'),
        fix: 'fix what the message names',
      });
    return log;
  }

  /**
   * Starts a full backup in the background, since earlier WAL belongs to the previous timeline. It expires no older backup,
   * so that a restore to a wrong time can be repeated.
   * @returns name of the Job
   */
  public async backUp(): Promise<string> {
    const name = 'postgres-backup-after-restore';
    await this.#run('delete', 'job', name, '--ignore-not-found', '--wait'); // that of an earlier restore may still retry
    const template = (await this.#kubectl.get('cronjob', 'postgres-backup-full', this.#namespace)) as LiveObject;
    await this.#kubectl.run(['create', '-f', '-'], {
      input: JSON.stringify(jobOf(template, name, { PGBACKREST_EXPIRE_AUTO: 'n' })),
    });
    return name;
  }

  async #crash(): Promise<string | undefined> {
    const pod = await this.#kubectl.get('pod', `${SERVER}-0`, this.#namespace);
    type Status = { name: string; restartCount: number; lastState?: { terminated?: { message?: string } } };
    const own = ((pod?.status?.containerStatuses ?? []) as Status[]).find(({ name }) => name === 'postgres');
    if ((own?.restartCount ?? 0) < 2) return undefined;
    return own?.lastState?.terminated?.message?.trim() ?? 'the server exits right after its start';
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    if (await until(holds, this.#timeout, 500)) return;
    throw new ConfigurationError({
      code: 'timeout',
      where: `namespace ${this.#namespace} › postgres`,
      problem: `timeout: expected that ${what}`,
      fix: 'check the pods and events of the namespace, then run the same command again',
    });
  }

  #run(...args: readonly string[]): Promise<string> {
    return this.#kubectl.run(['--namespace', this.#namespace, ...args]);
  }
}

function jobOf(template: LiveObject, name: string, env: Record<string, string>): object {
  const { jobTemplate } = template.spec as {
    jobTemplate: { metadata: object; spec: { template: { spec: { containers: { env: object[] }[] } } } };
  };
  const { metadata, spec } = structuredClone(jobTemplate);
  spec.template.spec.containers[0]?.env.push(
    ...Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
  );
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name, namespace: template.metadata.namespace },
    spec,
  };
}
