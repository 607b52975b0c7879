import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DockerfileParser } from 'dockerfile-ast';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { catalog } from './catalog.ts';
import { EXTENDED, extendedBuild, extendedImages } from './extended.ts';
import { contextFiles } from './inputs.ts';
import { imageReference } from './reference.ts';

const path = process.env.PATH;
const quiet = { step: () => {}, say: () => {}, skipped: () => {} };
const textOf = (name: string) => readFileSync(join(import.meta.dirname, name, 'Dockerfile'), 'utf8');
let folder: string;
beforeEach(() => {
  folder = temporaryFolder('extended');
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
});

/** Puts a fake docker first on PATH, which records its arguments and runs the given shell code. */
function docker(script: string): void {
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh\necho "$SOURCE_DATE_EPOCH $*" >> ${join(folder, 'calls')}\n${script}\n`,
    { mode: 0o755 },
  );
}
const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

test.each(EXTENDED)(
  'law: every stage of %s starts from the base that the catalog pins, and the last is not root',
  (name) => {
    expect(textOf(name)).toContain(`ARG BASE=${imageReference(catalog[name])}\n`);
    const instructions = DockerfileParser.parse(textOf(name)).getInstructions();
    const all = (keyword: string) =>
      instructions.filter((one) => one.getKeyword() === keyword).map((one) => `${one.getArgumentsContent()}`);
    for (const from of all('FROM')) expect(from).toMatch(/^\$\{BASE\}( AS \w+)?$/);
    expect(all('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  },
);

test('files that kafka adds are pinned by a hash, in the version of the list of jars', async () => {
  const pom = readFileSync(join(import.meta.dirname, 'kafka/pom.xml'), 'utf8');
  const version = /jmx_prometheus_javaagent<\/artifactId><version>([^<]+)</.exec(pom)?.[1];
  expect(textOf('kafka')).toMatch(
    new RegExp(`[0-9a-f]{64}  /libs/jmx_prometheus_javaagent-${version}\\.jar" \\| sha256sum -c`),
  );
  expect(catalog.kafka.version).toBe(/kafka_2\.13<\/artifactId><version>([^<]+)</.exec(pom)?.[1]);
  expect(await contextFiles(import.meta.dirname, 'kafka/Dockerfile')).toEqual([
    'kafka/pom.xml',
    'kafka/tls/groundwork/kafka/RenewingSslEngineFactory.java',
  ]);
});

test('the packages that postgres adds are pinned to a version', () => {
  const [, packages = ''] = /apt-get install --yes --no-install-recommends (.+) \\/.exec(textOf('postgres')) ?? [];
  for (const one of packages.split(' ')) expect(one).toMatch(/^[a-z]+=\d\S+$/);
});

test('the same content has the same name, from the public base or its mirror', async () => {
  const [plain, mirrored] = [await extendedBuild('kafka'), await extendedBuild('kafka', 'mirror.example:5000')];
  expect(plain.name).toMatch(/^groundwork\.local\/kafka:[0-9a-f]{12}$/);
  expect(mirrored.name).toBe(plain.name);
  expect(plain.args.BASE).toBe(imageReference(catalog.kafka));
  expect(mirrored.args.BASE).toBe(`mirror.example:5000/${imageReference(catalog.kafka)}`);
  expect((await extendedBuild('postgres')).tag).not.toBe(plain.tag);
});

test('requested images are built into the daemon, and others are left to be pulled', async () => {
  docker('[ "$1" = image ] && exit 1; echo 29.0.1');
  const { name, tag, args } = await extendedBuild('kafka');
  expect(await extendedImages(['consul', 'kafka'], quiet)).toEqual([{ name: 'kafka', reference: name }]);
  const [inspect] = calls();
  const [build, ...more] = calls().filter((line) => line.includes('buildx build'));
  expect(inspect).toContain(`image inspect ${name}`);
  expect(build).toMatch(
    new RegExp(
      `^0 buildx build .*name=groundwork\\.local/kafka:${tag},rewrite-timestamp=true.*--build-arg BASE=${args.BASE}`,
    ),
  );
  expect(more).toEqual([]);
});

test('an image in the daemon is not built again', async () => {
  docker('exit 0');
  await extendedImages(['postgres'], quiet);
  expect(calls()).toHaveLength(1);
});
