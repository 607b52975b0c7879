import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Size } from '../kubernetes/units.ts';
import { fullBackups } from './backups.ts';
import { VOLUME } from './constants.ts';
import { openRepository } from './repository.ts';
import { restoreScript } from './restore-script.ts';
import { startScript } from './scripts.ts';

const backups = fullBackups({ repository: { kind: 'volume', size: Size.gibibytes(1) } });
/** Stubs for programs of the image; each logs its arguments. */
const PROGRAMS = {
  postgres: '[ "$1" = --version ] && echo "postgres (PostgreSQL) 15.20 (Debian 15.20-0)" || echo "postgres $*" >> $LOG',
  initdb:
    'echo "initdb $*" >> $LOG; for a in "$@"; do case $a in --pgdata=*) d=$(echo $a | cut -d= -f2); mkdir -p $d; echo 15 > $d/PG_VERSION;; esac; done; [ -z "$CUT" ]',
  pgbackrest:
    'echo "pgbackrest $*" >> $LOG; case "$*" in *pg1-path=*) p=$(echo "$1" | cut -d= -f2); echo restored > $p/rows; [ -z "$CUT" ];; esac',
};

let volume: string;
const log = () => (existsSync(join(volume, 'log')) ? readFileSync(join(volume, 'log'), 'utf8') : '');
const folders = () => readdirSync(join(volume, 'data')).sort();
const write = (folder: string, file: string, text: string) => {
  mkdirSync(join(volume, 'data', folder), { recursive: true });
  writeFileSync(join(volume, 'data', folder, file), text);
};
beforeEach(() => {
  volume = mkdtempSync(join(tmpdir(), 'groundwork-volume-'));
  for (const folder of ['bin', 'data']) mkdirSync(join(volume, folder));
  for (const [name, body] of Object.entries(PROGRAMS))
    writeFileSync(join(volume, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
});
afterEach(() => rmSync(volume, { recursive: true }));

/** Runs a script in a shell, with its volume in a temporary folder. */
function run(script: string, env: Record<string, string> = {}) {
  const text = script.replaceAll(VOLUME, join(volume, 'data'));
  const { status, stderr } = spawnSync('sh', ['-c', text, 'sh', '-c', 'a=b'], {
    encoding: 'utf8',
    env: { PATH: `${join(volume, 'bin')}:${process.env.PATH}`, LOG: join(volume, 'log'), ...env },
  });
  return { status, stderr };
}

describe('at its start, the server', () => {
  const start = (env?: Record<string, string>) => run(startScript(undefined), env);

  test('creates its data on an empty volume, with checksums and without a password, and runs with its arguments', () => {
    expect(start().status).toBe(0);
    expect(log()).toMatch(/initdb .*--auth-local=peer --auth-host=reject .*--data-checksums/);
    expect(log()).toMatch(/postgres -D \S+pgdata -c a=b/);
  });
  test('recreates its data if the creation was interrupted, and never runs with incomplete data', () => {
    expect(start({ CUT: '1' }).status).not.toBe(0);
    expect(folders()).toEqual(['pgdata.new']);
    expect(start().status).toBe(0);
    expect(folders()).toEqual(['pgdata']);
  });
  test('uses existing data', () => {
    write('pgdata', 'PG_VERSION', '15\n');
    expect(start().status).toBe(0);
    expect(log()).not.toContain('initdb');
  });
  test('rejects data of another major version, and reports what to do', () => {
    write('pgdata', 'PG_VERSION', '14\n');
    const { status, stderr } = start();
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /has data of PostgreSQL 14, but the image is PostgreSQL 15\n {4}at environment › postgres › image\n {4}fix: go back to an image of PostgreSQL 14/,
    );
  });
  test.each(['pgdata.before-1', 'pgdata.restoring'])(
    'does not create data if an interrupted restore left %s',
    (left) => {
      write(left, 'PG_VERSION', '15\n');
      expect(start().stderr).toMatch(/a restore was interrupted[\s\S]*run the same restore again/);
      expect(folders()).toEqual([left]);
    },
  );
});

describe('a restore', () => {
  const step = (name: string, env: Record<string, string> = {}) =>
    run(restoreScript(backups), {
      STEP: name,
      ID: '7',
      BACKUP: '20260131-010000F',
      TARGET: '2026-01-31 06:10:00+00',
      ...env,
    });
  const rows = (folder: string) => readFileSync(join(volume, 'data', folder, 'rows'), 'utf8').trim();
  beforeEach(() => write('pgdata', 'rows', 'old'));

  test('puts the restored data in place, and keeps the old data until `finish`', () => {
    expect(step('restore').status).toBe(0);
    expect(log()).toMatch(
      /--set=20260131-010000F --type=time --target=2026-01-31 06:10:00\+00 --target-action=promote/,
    );
    expect([rows('pgdata'), rows('pgdata.before-7')]).toEqual(['restored', 'old']);
    expect(step('finish').status).toBe(0);
    expect(folders()).toEqual(['pgdata']);
  });
  test('that is interrupted does not change the current data, and starts again', () => {
    expect(step('restore', { CUT: '1' }).status).not.toBe(0);
    expect(rows('pgdata')).toBe('old');
    expect(step('restore').status).toBe(0);
    expect(rows('pgdata')).toBe('restored');
  });
  test('that is complete does not run again, so that later writes are kept', () => {
    step('restore');
    write('pgdata', 'rows', 'written since');
    expect(step('restore').status).toBe(0);
    expect(rows('pgdata')).toBe('written since');
  });
  test('is undone, also twice, and also if there is nothing to undo', () => {
    step('undo');
    expect(rows('pgdata')).toBe('old');
    step('restore');
    expect([step('undo').status, step('undo').status]).toEqual([0, 0]);
    expect([rows('pgdata'), ...folders()]).toEqual(['old', 'pgdata']);
  });
  test('works for a server that lost its data', () => {
    rmSync(join(volume, 'data/pgdata'), { recursive: true });
    expect(step('restore').status).toBe(0);
    expect(folders()).toEqual(['pgdata']);
  });
});

test('a repository in a bucket has a separate path for each passphrase, which does not reveal it', () => {
  const bucket = fullBackups({
    repository: { kind: 'bucket', bucket: 'town', endpoint: 's3.example', region: 'north' },
  });
  const secrets = join(volume, 'secrets');
  mkdirSync(secrets);
  for (const key of ['key', 'key-secret']) writeFileSync(join(secrets, key), 'k');
  const placeWith = (passphrase: string) => {
    writeFileSync(join(secrets, 'passphrase'), passphrase);
    const lines = [...openRepository(bucket), 'echo $PGBACKREST_REPO1_PATH']
      .join('\n')
      .replaceAll('/var/run/groundwork/backup', secrets);
    return spawnSync('sh', ['-euc', lines], { encoding: 'utf8' }).stdout.trim();
  };
  const [first, again, other] = [placeWith('correct-horse'), placeWith('correct-horse\n'), placeWith('battery-staple')];
  expect(first).toMatch(/^\/postgres\/[0-9a-f]{12}$/);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
