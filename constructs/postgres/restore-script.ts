import type { FullBackups } from './backups.ts';
import { DATA, VOLUME } from './constants.ts';
import { openRepository } from './repository.ts';

/** Name of the suspended CronJob that is the template of restore Jobs; `npm run restore` fills in the environment. */
export const RESTORE = 'postgres-restore';

/**
 * Steps of a restore, each safe to be cut off and run again. `STEP` says which; `ID` tells one restore from another;
 * `BACKUP` is the label of the one to begin with, `TARGET` a time as PostgreSQL writes it.
 * - `check`: what the repository holds, and whether each file of it has the checksum it was written with
 * - `restore`: the data as it is in the repository beside the data in use, then in its place; the old data stays aside
 * - `undo`: the old data in place again
 * - `finish`: the old data removed
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
