import type { FullBackups } from './backups.ts';
import { DATA, VOLUME } from './constants.ts';
import { openRepository } from './repository.ts';

/** Name of the suspended CronJob that is the template of restore Jobs; `npm run restore` sets the variables. */
export const RESTORE = 'postgres-restore';

/**
 * Steps of a restore, each idempotent and safe to interrupt. `STEP` selects the step; `ID` identifies the restore;
 * `BACKUP` is the label of the backup to start from, `TARGET` a time in PostgreSQL's format.
 * - `check`: lists the backups, and verifies the checksum of each file in the repository
 * - `restore`: restores into a second folder, then swaps it with the data folder; the old data is kept
 * - `undo`: swaps the old data back
 * - `finish`: removes the old data
 */
export function restoreScript(backups: FullBackups): string {
  const lines = [
    'set -eu',
    ...openRepository(backups),
    `data=${DATA} new=${DATA}.restoring old=${DATA}.before-$ID mark=groundwork-restored`,
    'kib() { [ ! -e "$1" ] && echo 0 || du -sk "$1" | cut -f1; }',
    'case $STEP in',
    'check)',
    '  echo "info $(pgbackrest --log-level-console=off info --output=json)"',
    '  pgbackrest --log-level-console=error verify --output=text --verbose',
    '  ;;',
    'restore)',
    '  if [ "$(cat $data/$mark 2> /dev/null)" = "$ID" ]; then echo "in place already"; exit 0; fi',
    '  if [ "$(cat $new/$mark 2> /dev/null)" != "$ID" ]; then',
    '    rm -rf $new && mkdir -m 700 $new',
    `    free=$(df -Pk ${VOLUME} | awk 'END { print $4 }') wanted=$(kib $data)`,
    '    [ $free -gt $wanted ] || { echo "the volume has $free KiB free, and the data beside the old needs about $wanted KiB" >&2; exit 2; }',
    '    pgbackrest --pg1-path=$new --set=$BACKUP --type=time --target="$TARGET" --target-action=promote \\',
    '      --recovery-option=restore_command=\'pgbackrest archive-get %f "%p"\' restore',
    '    echo "$ID" > $new/$mark && sync',
    '  fi',
    '  [ ! -e $data ] || mv $data $old',
    '  mv $new $data && sync',
    '  ;;',
    'undo)',
    '  if [ -e $old ]; then',
    '    [ ! -e $data ] || { rm -rf $new && mv $data $new; }',
    '    mv $old $data && sync',
    '  fi',
    '  rm -rf $new',
    '  ;;',
    'finish)',
    '  rm -rf $old $new',
    '  ;;',
    'esac',
  ];
  return `${lines.join('\n')}\n`;
}
