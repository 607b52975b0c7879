import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';
import { readCheck, rejectDamage } from './repository.ts';
import { Server } from './server.ts';
import { backupFor, type Past, restoreTarget } from './target.ts';

export interface RestoreOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** Point in time to restore, with its time zone. */
  readonly to: string;
  readonly progress: Progress;
}

/**
 * Restores the builtin PostgreSQL of a namespace to a point in time. All checks run before anything changes. Then the
 * server stops, the data is restored beside the old data and replaces it; the old data is removed only when the server
 * runs with the restored data. After an interruption, the same command continues.
 * @returns a summary of what was done, as lines
 * @throws ConfigurationError for a time that the archive doesn't cover or a damaged repository, with nothing changed; and if
 * the server doesn't start with the restored data, with the old data back in place
 */
export async function restorePostgres({
  kubectl,
  namespace,
  to,
  progress,
}: RestoreOptions): Promise<readonly string[]> {
  const target = restoreTarget(to);
  const server = new Server(kubectl, namespace);
  const { pending, past } = await server.note();
  if (pending !== undefined && pending.to !== target.toISOString()) {
    const fix = `finish that one first: npm run restore -- --environment <environment> --to '${pending.to}'`;
    throw new ConfigurationError({
      code: 'restore-unfinished',
      where: `namespace ${namespace} › postgres`,
      problem: `a restore to ${pending.to} was interrupted`,
      fix,
    });
  }
  const id = pending?.id ?? new Date().toISOString().replace(/\D/g, ''); // unique, since the same time may be restored twice
  const backup = pending?.backup ?? (await check(server, id, target, past, progress));
  if (pending === undefined) await server.write({ pending: { id, to: target.toISOString(), backup }, past });
  progress.step('stopping the server');
  await server.stop();
  progress.step(`restoring the data of ${target.toISOString()} from backup ${backup} beside the old data`);
  await server.job('restore', id, { BACKUP: backup, TARGET: postgresTime(target) });
  progress.step('starting the server with the restored data, and replaying the WAL up to that time');
  const wrong = await server.start();
  if (wrong !== undefined) await giveUp(server, id, past, wrong, progress);
  const timeline = await server.ask('SELECT timeline_id FROM pg_control_checkpoint()');
  const size = await server.ask('SELECT pg_size_pretty(sum(pg_database_size(oid))) FROM pg_database');
  const at = new Date().toISOString();
  progress.step('removing the old data, and starting a full backup');
  await server.job('finish', id);
  await server.write({ past: [...past, { to: target.toISOString(), at }] });
  const job = await server.backUp();
  return [
    `PostgreSQL in ${namespace} is restored to ${target.toISOString()}: ${size}, on timeline ${timeline}, accepting writes`,
    'later transactions are no longer in it; their WAL stays in the repository as long as its backup',
    `a full backup is running: job ${job}`,
  ];
}

/** Checks that the restore is possible. @returns label of the backup to restore */
async function check(
  server: Server,
  id: string,
  target: Date,
  past: readonly Past[],
  progress: Progress,
): Promise<string> {
  let newest = new Date();
  if (target <= newest && (await server.isUp())) {
    progress.step('archiving all committed transactions');
    await server.archiveAll();
    newest = new Date();
  }
  progress.step('verifying each file of the repository');
  const repository = readCheck(await server.job('check', id));
  const { label } = backupFor(target, repository.backups, newest, past);
  rejectDamage(repository);
  return label;
}

/** Puts the old data back, so that the server runs again. */
async function giveUp(
  server: Server,
  id: string,
  past: readonly Past[],
  wrong: string,
  progress: Progress,
): Promise<never> {
  progress.step('the server does not start: putting the old data back');
  await server.stop();
  await server.job('undo', id);
  const worse = await server.start();
  await server.write({ past });
  const now =
    worse === undefined
      ? 'the old data is back in place, and the server runs'
      : `the old data is back in place, but the server does not start: ${worse}`;
  throw new ConfigurationError({
    code: 'restore-failed',
    where: 'npm run restore',
    problem: `the server did not start with the restored data: ${wrong}`,
    fix: `${now}; choose another time`,
  });
}

/** The time in PostgreSQL's format, in UTC. */
function postgresTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '+00');
}
