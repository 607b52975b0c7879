import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { chown } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BuildahBuilder, nodeArchives, standIn } from '@groundwork/local';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Archives, type OwnImage } from '../infra/build/images/index.ts';
import { inside, type Rootfs, unpack } from './support/rootfs.ts';

const root = join(import.meta.dirname, '..');
const images = ['users', 'catalog', 'gateway'].map((name): OwnImage => ({ name, folder: `services/${name}` }));
const image = (name: string): OwnImage[] => images.filter((one) => one.name === name);
const progress = { step: () => {}, say: () => {}, skipped: () => {} };

const capable = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0;
if (!capable) console.warn('images are not built: building needs root on Linux x64');

(capable ? describe : describe.skip)('images built without a daemon', () => {
  const work = mkdtempSync(join(tmpdir(), 'groundwork-images-'));
  const copy = join(work, 'repository');

  /** A builder with a separate store and archives: nothing is left from another build. */
  const builder = (name: string) =>
    new BuildahBuilder({
      root: copy,
      store: join(work, name),
      archives: new Archives(join(work, name, 'images')),
      bases: () => nodeArchives({ root, archives: new Archives(), progress }),
    });

  beforeAll(() => {
    mkdirSync(join(copy, 'constructs'), { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.dockerignore', 'constructs/contract', 'services']) {
      cpSync(join(root, file), join(copy, file), { recursive: true, filter: (path) => !path.includes('node_modules') });
    }
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test('the same source has the same digest, without a cache of the first build and with other file modes', async () => {
    const [first] = await builder('first').build(image('users'), progress);
    execFileSync('chmod', ['-R', 'go-rwx', copy]);
    const [second] = await builder('second').build(image('users'), progress);
    expect(first?.fresh && second?.fresh).toBe(true);
    expect(second).toEqual({ ...first, archive: second?.archive });
  });

  test('an edit rebuilds only the edited service, and changes only its reference', async () => {
    const before = await builder('first').build(images, progress);
    appendFileSync(join(copy, 'services/catalog/main.ts'), '\n// edited\n');
    const after = await builder('first').build(images, progress);
    expect(after.filter(({ fresh }) => fresh).map(({ service }) => service)).toEqual(['catalog']);
    expect(
      after.filter(({ reference }, index) => reference !== before[index]?.reference).map(({ service }) => service),
    ).toEqual(['catalog']);
  });

  test('a broken Dockerfile fails with the service, the step and the last lines of output', async () => {
    const dockerfile = join(copy, 'services/gateway/Dockerfile');
    const sound = readFileSync(dockerfile, 'utf8');
    writeFileSync(dockerfile, sound.replace(/\nRUN --mount/, '\nRUN echo about to fail && false\nRUN --mount'));
    await expect(builder('first').build(image('gateway'), progress)).rejects.toThrow(
      /image 'gateway'[\s\S]*about to fail[\s\S]*services\/gateway\/Dockerfile, step 'RUN echo about to fail && false'/,
    );
    writeFileSync(dockerfile, sound);
  });

  describe.each(images)('the image of $name', (own) => {
    let image: Rootfs;
    beforeAll(async () => {
      const [built] = await builder('first').build([own], progress);
      image = await unpack(built?.archive as string);
    });
    afterAll(() => rmSync(dirname(image.folder), { recursive: true, force: true }));

    test('runs as an unprivileged user and has labels', () => {
      expect(image.config.User).toBe('1000:1000');
      expect(image.config.Labels?.['org.opencontainers.image.title']).toBe(own.name);
      expect(image.config.Labels?.['org.opencontainers.image.version']).toBe('0.1.0');
      expect(image.config.Labels?.['org.opencontainers.image.revision']).toMatch(/^[0-9a-f]{64}$/);
    });

    test('contains no shell, package manager, compiler, development dependency or infrastructure', () => {
      const found = execFileSync(
        'find',
        [
          image.folder,
          '-regex',
          '.*/\\(sh\\|bash\\|busybox\\|npm\\|npx\\|apt\\|apt-get\\|dpkg\\|gcc\\|cc\\|make\\|python3?\\)',
          '-path',
          '*bin/*',
        ],
        { encoding: 'utf8' },
      );
      expect(found).toBe('');
      for (const name of [
        'jest',
        'typescript',
        '@biomejs/biome',
        '@swc/core',
        'cdk8s',
        'cdk8s-plus-27',
        '@pulumi/pulumi',
        'execa',
        '@groundwork/constructs',
        '@groundwork/infra',
      ]) {
        expect([name, existsSync(join(image.folder, 'app/node_modules', name))]).toEqual([name, false]);
      }
    });

    test('finds all its modules on a read-only root: without settings it exits with the list of missing variables, not with a module error', async () => {
      const { all, exitCode } = await inside(image, ['node', `/app/${own.folder}/main.ts`]);
      expect(exitCode).not.toBe(0);
      expect(all).toMatch(/POSTGRES_|CALL_|ENVIRONMENT|TOKEN_/);
      expect(all).not.toMatch(/ERR_MODULE_NOT_FOUND|ERR_UNSUPPORTED|EROFS|EACCES/);
    });
  });
});

(capable ? describe : describe.skip)('the image of postgres made from Debian', () => {
  const data = mkdtempSync(join(tmpdir(), 'groundwork-postgres-'));
  const secret = join(data, 'password');
  let image: Rootfs;

  beforeAll(async () => {
    const { file } = await standIn('postgres', { root, archives: new Archives(), progress });
    image = await unpack(file);
    writeFileSync(secret, 'correct horse', { mode: 0o444 });
    writeFileSync(join(image.folder, 'run/password'), ''); // where the secret is mounted
    mkdirSync(join(data, 'volume'));
    await chown(join(data, 'volume'), 999, 999);
  });
  afterAll(() => {
    for (const folder of [data, dirname(image.folder)]) rmSync(folder, { recursive: true, force: true });
  });

  const volumes = { '/var/lib/postgresql/data': join(data, 'volume'), '/run/password': secret };
  const server = () =>
    inside(image, ['docker-entrypoint.sh', 'postgres', '-p', '15432'], {
      volumes,
      env: { POSTGRES_PASSWORD_FILE: '/run/password', POSTGRES_DB: 'shop', PGDATA: '/var/lib/postgresql/data/pgdata' },
    });
  const psql = (password: string, sql: string) =>
    inside(image, ['psql', '-h', '127.0.0.1', '-p', '15432', '-U', 'postgres', '-d', 'shop', '-tAc', sql], {
      env: { PGPASSWORD: password },
    });
  const ready = async (): Promise<void> => {
    for (let tries = 0; tries < 300; tries += 1) {
      if (!(await inside(image, ['pg_isready', '-h', '127.0.0.1', '-p', '15432'])).failed) return;
      await delay(200);
    }
  };

  test('starts as uid 999 on a read-only root with a password from a file, keeps data over a restart, and exits on SIGTERM', async () => {
    expect(image.config.User).toBe('999:999');
    for (const sql of ['create table kept as select 42 as answer', 'select answer from kept']) {
      const running = server();
      await ready();
      const said = await psql('correct horse', sql);
      expect(said.all).toMatch(/SELECT 1|42/);
      expect((await psql('wrong', 'select 1')).all).toMatch(/password authentication failed/);
      running.kill('SIGTERM');
      await running;
    }
  });

  test('refuses to start without a password for the superuser', async () => {
    const { all, exitCode } = await inside(image, ['docker-entrypoint.sh', 'postgres'], {
      volumes,
      env: { PGDATA: '/var/lib/postgresql/data/other' },
    });
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/POSTGRES_PASSWORD_FILE/);
  });
});
