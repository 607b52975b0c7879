import { ConfigurationError } from '@groundwork/contract';

export interface Backup {
  readonly label: string;
  /** When it was complete, in whole seconds rounded up. */
  readonly complete: Date;
}

/** What the check of a backup repository found. */
export interface Repository {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** Lines that tell of damage. */
  readonly damage: readonly string[];
}

interface Info {
  readonly backup?: readonly {
    readonly label: string;
    readonly error?: boolean;
    readonly timestamp: { readonly stop: number };
  }[];
}

/**
 * Reads the log of a check: pgBackRest's `info` as JSON behind the word `info`, then what `verify` says.
 * @throws ConfigurationError when it is no such log
 */
export function readCheck(log: string): Repository {
  const lines = log.split('\n');
  const info = lines.find((line) => line.startsWith('info '));
  const verified = lines.findIndex((line) => /^stanza: /.test(line));
  if (info === undefined) {
    throw new ConfigurationError({
      code: 'backups-unreadable',
      where: 'the backup repository',
      problem: `it can't be read: ${log.trim().slice(-500)}`,
      fix: 'see that its volume or bucket is there and opens',
    });
  }
  const backups = (JSON.parse(info.slice(5)) as Info[])[0]?.backup ?? [];
  return {
    backups: backups
      .filter(({ error }) => error !== true)
      .map(({ label, timestamp }) => ({ label, complete: new Date((timestamp.stop + 1) * 1000) })),
    damage:
      verified < 0
        ? [`pgbackrest verify gave no result: ${lines.slice(lines.indexOf(info) + 1).join(' ')}`]
        : damageIn(lines.slice(verified)),
  };
}

/** Of what `verify` says: nothing if all is well, else the backups and archives that lack files or hold other bytes than were written. */
function damageIn(lines: readonly string[]): string[] {
  if (lines.some((line) => line.trim() === 'status: ok')) return [];
  const found = lines.flatMap((line, index) => {
    const counts = lines[index + 1]?.trim() ?? '';
    return /^ +(backup|archiveId): /.test(line) && /: [1-9]/.test(counts) ? [`${line.trim()}; ${counts}`] : [];
  });
  return found.length > 0 ? found : lines.map((line) => line.trim());
}

/** @throws ConfigurationError when anything is damaged: a restore from it might end half way, with the server down */
export function rejectDamage({ damage }: Repository): void {
  if (damage.length === 0) return;
  const fix =
    'nothing was changed. Put the repository back from a copy of it, or take a new full backup and keep to times after that: kubectl create job --from=cronjob/postgres-backup-full <name>';
  throw new ConfigurationError({
    code: 'backups-damaged',
    where: 'the backup repository',
    problem: `pgbackrest verify found damage:\n${damage.join('\n')}`,
    fix,
  });
}
