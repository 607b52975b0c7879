import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';
import { readCheck, rejectDamage } from './repository.ts';
import { Server } from './server.ts';
import { backupFor, type Past, restoreTarget } from './target.ts';

export interface RestoreOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** Time to go back to, with its zone. */
  readonly to: string;
  readonly progress: Progress;
}

/**
 * Brings the builtin PostgreSQL of a namespace back as it was at a time. Everything that can refuse is asked before
 * anything changes. Then the server stops, the data is restored beside the old, takes its place, and the old is removed
 * only when the server runs with the new. Cut off at any point, the same command goes on.
 * @returns what it did, for a person
 * @throws ConfigurationError for a time that the archive doesn't reach or a damaged repository, with nothing changed; and when the
 * server doesn't come up with the restored data, with the old data in place again
 */
export async function restore({ kubectl, namespace, to, progress }: RestoreOptions): Promise<readonly string[]> {
  const target = restoreTarget(to);
  const server = new Server(kubectl, namespace);
  const { pending, past } = await server.note();
  if (pending !== undefined && pending.to !== target.toISOString()) {
    const fix = `finish that one first: npm run restore -- --environment <environment> --to '${pending.to}'`;
    throw new ConfigurationError({
      code: 'restore-unfinished',
      where: `namespace ${namespace} › postgres`,
      problem: `a restore to ${pending.to} was cut off`,
      fix,
    });
  }
  const id = pending?.id ?? new Date().toISOString().replace(/\D/g, ''); // of this restore: the same time may be asked for twice
  const backup = pending?.backup ?? (await check(server, id, target, past, progress));
  if (pending === undefined) await server.write({ pending: { id, to: target.toISOString(), backup }, past });
  progress.step('stopping the server');
  await server.stop();
  progress.step(`restoring the data of ${target.toISOString()} from backup ${backup} beside the old`);
  await server.job('restore', id, { BACKUP: backup, TARGET: postgresTime(target) });
  progress.step('starting the server with it, and replaying the log up to that time');
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
    `PostgreSQL in ${namespace} is as it was at ${target.toISOString()}: ${size}, on timeline ${timeline}, taking writes`,
    'what was committed after that time is gone from it; the log of it stays in the repository as long as its backup',
    `a full backup runs: job ${job}`,
  ];
}

/** @returns label of the backup to begin with */
async function check(
  server: Server,
  id: string,
  target: Date,
  past: readonly Past[],
  progress: Progress,
): Promise<string> {
  let newest = new Date();
  if (target <= newest && (await server.isUp())) {
    progress.step('bringing all that is committed into the archive');
    await server.archiveAll();
    newest = new Date();
  }
  progress.step('checking each file of the repository');
  const repository = readCheck(await server.job('check', id));
  const { label } = backupFor(target, repository.backups, newest, past);
  rejectDamage(repository);
  return label;
}

/** The old data in place again: a server that is up is worth more than one that is nearly restored. */
async function giveUp(
  server: Server,
  id: string,
  past: readonly Past[],
  wrong: string,
  progress: Progress,
): Promise<never> {
  progress.step('it does not come up: putting the old data back');
  await server.stop();
  await server.job('undo', id);
  const worse = await server.start();
  await server.write({ past });
  const now =
    worse === undefined
      ? 'the old data is in place again, and the server runs'
      : `the old data is in place again, but the server says: ${worse}`;
  throw new ConfigurationError({
    code: 'restore-failed',
    where: 'npm run restore',
    problem: `the server did not come up with the restored data: ${wrong}`,
    fix: `${now}; choose another time`,
  });
}

/** As PostgreSQL reads it, in UTC. */
function postgresTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '+00');
}
