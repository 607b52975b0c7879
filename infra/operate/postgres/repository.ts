import { ConfigurationError } from '@groundwork/contract';

export interface Backup {
  readonly label: string;
  /** When it was completed, rounded up to a second. */
  readonly complete: Date;
}

/** Result of the check of a backup repository. */
export interface Repository {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** Lines that report damage. */
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
 * Parses the log of a check: the word `info` with pgBackRest's `info` as JSON, then the output of `verify`.
 * @throws ConfigurationError if it is not such a log
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
      fix: 'check that its volume or bucket exists and is readable',
    });
  }
  const infos: readonly Info[] = JSON.parse(info.slice(5));
  const backups = infos[0]?.backup ?? [];
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

/** Parses the output of `verify`: the backups and archives with missing or altered files; empty if all are intact. */
function damageIn(lines: readonly string[]): string[] {
  if (lines.some((line) => line.trim() === 'status: ok')) return [];
  const found = lines.flatMap((line, index) => {
    const counts = lines[index + 1]?.trim() ?? '';
    return /^ +(backup|archiveId): /.test(line) && /: [1-9]/.test(counts) ? [`${line.trim()}; ${counts}`] : [];
  });
  return found.length > 0 ? found : lines.map((line) => line.trim());
}

/** @throws ConfigurationError if anything is damaged: a restore could fail halfway, with the server down */
export function rejectDamage({ damage }: Repository): void {
  if (damage.length === 0) return;
  const fix =
    'nothing was changed. Restore the repository from a copy, or take a new full backup and choose only times after it: kubectl create job --from=cronjob/postgres-backup-full <name>';
  throw new ConfigurationError({
    code: 'backups-damaged',
    where: 'the backup repository',
    problem: `pgbackrest verify found damage:\n${damage.join('\n')}`,
    fix,
  });
}
