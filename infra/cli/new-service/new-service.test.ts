import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError, type Contract, throwIfAny } from '@groundwork/contract';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { services as layout } from '../../../stacks/services.ts';
import { images } from '../../../stacks/shop.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { findWords } from '../../../test/words/check.ts';
import { providePackages } from '../../review/preview/packages.ts';
import type { NewServiceOptions } from './plan.ts';
import { dockerfile } from './templates/index.ts';
import { planService } from './validate.ts';
import { writeService } from './write.ts';

const ROOT = join(import.meta.dirname, '../../..');
const plan = (name: string, options: NewServiceOptions = {}) => planService(ROOT, layout, name, options);

const QUOTA = { code: 'quota-exceeded', where: 'environment', problem: 'it is full', fix: 'raise it' } as const;

describe('a new service is rejected before anything is written', () => {
  test.each<[what: string, code: string, name: string, options?: NewServiceOptions]>([
    ['a name in capitals', 'name-invalid', 'Reviews'],
    ['a name with two hyphens in a row', 'name-invalid', 'order--notes'],
    ['a name that leaves its folder', 'name-invalid', '../reviews'],
    ['a name of 41 letters', 'name-too-long', 'r'.repeat(41)],
    ['the name of a service', 'contract-duplicate', 'catalog'],
    ['the name of a folder of services', 'contract-duplicate', 'kit'],
    ['the name of another package', 'name-reserved', 'provisioner'],
    ['the name of a file with shared schemas', 'name-reserved', 'order-events'],
    ['the name of a backing service', 'name-reserved', 'prometheus'],
    ['a keyword', 'name-reserved', 'delete'],
    ['a name that the code of a service uses', 'name-reserved', 'handlers'],
    ['a call to an unknown service', 'contract-unknown', 'reviews', { calls: ['catalogs'] }],
    ['a call to a service without operations', 'operation-unknown', 'reviews', { calls: ['notifications'] }],
    ['a call to operations that need a user', 'operation-unknown', 'reviews', { calls: ['order-history'] }],
    ['a call to the gateway', 'operation-unknown', 'reviews', { calls: ['gateway'] }],
    ['an unknown event', 'event-unpublished', 'reviews', { consumes: ['order.place'] }],
  ])('%s: %s', async (_, code, name, options = {}) => {
    await expect(plan(name, options)).rejects.toMatchObject({ code });
  });

  test('unknown names are answered with the closest and all known ones, all at once', async () => {
    const rejected = plan('Reviews', { calls: ['catalgo'], consumes: ['order.place'] });
    await expect(rejected).rejects.toThrow(
      /3 configuration errors[\s\S]*did you mean 'catalog'\?[\s\S]*choose from: catalog, [\s\S]*did you mean 'order.placed'\?[\s\S]*choose from: .*user\.registered/,
    );
  });

  test('a service that an environment cannot hold', async () => {
    const noted = { ...layout, check: () => throwIfAny([new ConfigurationError(QUOTA)]) };
    await expect(planService(ROOT, noted, 'reviews', {})).rejects.toMatchObject({ code: 'quota-exceeded' });
  });
});

test('what is checked in each environment is the contract that is written', async () => {
  const checked: Contract[] = [];
  const noted = { ...layout, check: (added: Contract) => void checked.push(added) };
  await planService(ROOT, noted, 'reviews', { owns: 'postgres', calls: ['catalog'], consumes: ['order.placed'] });
  expect(checked).toMatchObject([
    {
      name: 'reviews',
      owns: [{ kind: 'postgres', migrations: 'services/reviews/migrations', poolSize: 5 }],
      calls: [{ service: 'catalog', name: 'listProducts' }],
      consumes: [{ name: 'order.placed', version: 1 }],
    },
  ]);
});

test.each(images.filter(({ folder }) => folder.startsWith('services/')))(
  'law: the Dockerfile of $name is what the command writes',
  ({ name, folder }) => {
    const text = readFileSync(join(ROOT, folder, 'Dockerfile'), 'utf8');
    const [, files = ''] = /^COPY ((?:services\/contracts\/[a-z-]+\.ts )+)services\/contracts\/$/m.exec(text) ?? [];
    const contracts = files
      .trim()
      .split(' ')
      .map((file) => basename(file));
    expect(text).toBe(dockerfile({ name, layout }, contracts));
  },
);

describe('in a checkout', () => {
  let copy: string;
  const git = (...command: readonly string[]) => execFileSync('git', ['-C', copy, ...command], { encoding: 'utf8' });
  const run = (...command: readonly string[]) =>
    execa(process.execPath, [...command], { cwd: copy, reject: false, all: true });

  beforeAll(async () => {
    copy = temporaryFolder('new-service');
    const files = execFileSync('git', ['-C', ROOT, 'ls-files', '-z'], { encoding: 'utf8' }).split('\0');
    for (const file of files.filter((one) => one !== '' && existsSync(join(ROOT, one)))) {
      mkdirSync(join(copy, dirname(file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(copy, file));
    }
    await providePackages(ROOT, copy, 'the working tree');
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'start');
  });
  afterEach(() => {
    git('checkout', '--quiet', '--', '.');
    git('clean', '--quiet', '-d', '--force');
  });

  test('all kinds of services compile, are formatted, and are listed as npm and the tables list them', async () => {
    await writeService(
      copy,
      await plan('reviews', {
        owns: 'postgres',
        calls: ['catalog', 'inventory'],
        consumes: ['order.placed', 'user.registered'],
      }),
    );
    await writeService(copy, await plan('order-notes', { owns: 'cassandra', consumes: ['order.confirmed'] }));
    await writeService(copy, await plan('brands', { owns: 'postgres' }));
    await writeService(copy, await plan('prices', { calls: ['payments', 'users'], consumes: ['order.canceled'] }));
    await writeService(copy, await plan('banners'));
    const names = ['banners', 'brands', 'order-notes', 'prices', 'reviews'];
    writeFileSync(
      join(copy, 'tsconfig.new.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        include: ['services/contracts', ...names.map((name) => `services/${name}`)],
      }),
    );
    const compiler = join(copy, 'node_modules/typescript/bin/tsc');
    expect((await run(compiler, '--project', 'tsconfig.new.json')).all).toBe('');
    const lint = [join(copy, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', 'services'];
    expect(await run(...lint)).toMatchObject({ exitCode: 0 });
    const written = git('ls-files', '--others', '--exclude-standard').trim().split('\n');
    expect(written.flatMap((file) => findWords(file, readFileSync(join(copy, file), 'utf8')))).toEqual([]);

    const read = (file: string) => readFileSync(join(copy, file), 'utf8');
    const { workspaces } = JSON.parse(read('package.json'));
    const lock = JSON.parse(read('package-lock.json')).packages;
    expect(lock[''].workspaces).toEqual(workspaces);
    for (const name of names) {
      expect(workspaces).toContain(`services/${name}`);
      expect(lock[`services/${name}`].dependencies).toEqual(
        JSON.parse(read(`services/${name}/package.json`)).dependencies,
      );
      expect(realpathSync(join(copy, 'node_modules/@groundwork', name))).toBe(
        realpathSync(join(copy, 'services', name)),
      );
      expect(read('services/README.md')).toMatch(new RegExp(`^\\| \\[\`${name}\`\\]`, 'm'));
    }
    expect(read('services/contracts/index.ts')).toMatch(/^export const contracts = \[[^\]]*\borderNotes\b/m);
  }, 600_000); // the compiler reads nearly the whole tree

  test('a list without its usual form is an error, and nothing is written', async () => {
    const file = join(copy, 'services/contracts/index.ts');
    const text = readFileSync(file, 'utf8').replace('export const contracts = [', 'export const all = [');
    writeFileSync(file, text);
    await expect(writeService(copy, await plan('reviews'))).rejects.toMatchObject({ code: 'file-invalid' });
    expect(git('status', '--porcelain')).toBe(' M services/contracts/index.ts\n');
  });

  test('a failure while files are written undoes those that were', async () => {
    const blocked = join(copy, 'node_modules/.package-lock.json.new');
    mkdirSync(blocked);
    await expect(writeService(copy, await plan('reviews', { owns: 'postgres' }))).rejects.toThrow('EISDIR');
    expect(git('status', '--porcelain')).toBe('');
    expect(existsSync(join(copy, 'node_modules/@groundwork/reviews'))).toBe(false);
    rmSync(blocked, { recursive: true });
  });
});
