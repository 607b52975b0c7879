import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { imageContent } from './content.ts';
import { contextFiles, copiedPaths } from './inputs.ts';

const root = join(import.meta.dirname, '../../..');
const services = ['users', 'catalog', 'gateway'] as const;
const own = (name: string) => ({ name, folder: `services/${name}` });
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'groundwork-content-'));
  for (const file of ['package.json', 'package-lock.json', '.dockerignore']) cpSync(join(root, file), join(copy, file));
  for (const folder of ['constructs/contract', 'services']) {
    mkdirSync(join(copy, folder, '..'), { recursive: true });
    cpSync(join(root, folder), join(copy, folder), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  }
});
afterEach(() => rmSync(copy, { recursive: true }));

const tags = async (bases = ['a', 'b']): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      services.map(async (service) => [service, (await imageContent(copy, own(service), bases)).tag] as const),
    ),
  );

/** Services whose tag differs after an edit. */
async function changedBy(edit: () => void): Promise<string[]> {
  const before = await tags();
  edit();
  const after = await tags();
  return services.filter((service) => before[service] !== after[service]);
}

const editJson = (path: string, edit: (json: Record<string, Record<string, unknown>>) => void): void => {
  const json = JSON.parse(readFileSync(join(copy, path), 'utf8')) as Record<string, Record<string, unknown>>;
  edit(json);
  writeFileSync(join(copy, path), JSON.stringify(json));
};

test('the same content has the same tag in any folder', async () => {
  const [there, here] = await Promise.all([copy, root].map((place) => imageContent(place, own('users'), ['a', 'b'])));
  expect(here?.tag).toBe(there?.tag);
  expect(here?.tag).toMatch(/^[0-9a-f]{12}$/);
});

test('an edited service changes only its own tag', async () => {
  expect(await changedBy(() => writeFileSync(join(copy, 'services/catalog/edited.ts'), 'export {};'))).toEqual([
    'catalog',
  ]);
});

test('an edited contract changes its own service, and the gateway that serves it', async () => {
  expect(await changedBy(() => appendFileSync(join(copy, 'services/contracts/catalog.ts'), '// edited'))).toEqual([
    'catalog',
    'gateway',
  ]);
});

test('an edited Dockerfile changes the tag of its service', async () => {
  expect(await changedBy(() => appendFileSync(join(copy, 'services/users/Dockerfile'), '# edited\n'))).toEqual([
    'users',
  ]);
});

test('the kit is in every service, so an edit there changes all', async () => {
  expect(await changedBy(() => writeFileSync(join(copy, 'services/kit/edited.ts'), 'export {};'))).toEqual([
    ...services,
  ]);
});

test.each([
  'services/catalog/edited.test.ts',
  'services/catalog/node_modules/x/index.js',
  'services/catalog/README.md',
  'constructs/edited.ts',
  'infra/edited.ts',
])('a file that is in no image changes no tag: %s', async (path) => {
  expect(
    await changedBy(() => {
      mkdirSync(join(copy, path, '..'), { recursive: true });
      writeFileSync(join(copy, path), 'edited');
    }),
  ).toEqual([]);
});

test("a development dependency, a script, and another service's package change no tag", async () => {
  expect(
    await changedBy(() => {
      editJson('package.json', (manifest) => Object.assign(manifest, { scripts: { edited: 'true' } }));
      editJson('package-lock.json', ({ packages }) =>
        Object.assign(packages?.['node_modules/jest'] as object, { version: '99.0.0', integrity: 'sha512-edited' }),
      );
    }),
  ).toEqual([]);
});

test('a package that one service needs changes that service, and one that the kit needs changes all', async () => {
  const relock = (name: string) => () =>
    editJson('package-lock.json', ({ packages }) =>
      Object.assign(packages?.[`node_modules/${name}`] as object, { integrity: 'sha512-edited' }),
    );
  expect(await changedBy(relock('@node-rs/argon2'))).toEqual(['users']);
  expect(await changedBy(relock('fastify'))).toEqual([...services]);
});

test('another base image changes every tag', async () => {
  const [before, after] = [await tags(['a', 'b']), await tags(['a', 'c'])];
  for (const service of services) expect(after[service]).not.toBe(before[service]);
});

test('rejects a service without a Dockerfile', async () => {
  await expect(imageContent(copy, own('no-such-service'), [])).rejects.toThrow(/services\/no-such-service\/Dockerfile/);
});

test('reads what a Dockerfile copies from the context, and not from other stages', () => {
  expect(copiedPaths('FROM x AS y\nCOPY --chown=1:1 a b \\\n  c/\nCOPY --from=y /app ./\n# COPY d e\n')).toEqual([
    'a',
    'b',
  ]);
});

test.each([
  ['COPY src/*.ts ./', /pattern/],
  ['COPY nothing ./', /does not exist/],
])('rejects %s, whose files can’t be resolved', async (line, message) => {
  writeFileSync(join(copy, 'services/users/Dockerfile'), `FROM scratch\n${line}\n`);
  await expect(contextFiles(copy, 'services/users/Dockerfile')).rejects.toThrow(message);
});
