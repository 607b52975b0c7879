import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { catalog, imageReference } from '../../infra/build/images/index.ts';
import { contextFiles } from '../../infra/build/images/inputs.ts';
import { images } from '../../stacks/shop.ts';

const root = join(import.meta.dirname, '../..');
const dockerfileOf = (folder: string): string => readFileSync(join(root, folder, 'Dockerfile'), 'utf8');

/** A Dockerfile's lines without what is of one service: its name, its folder, the contracts that it knows. */
const shared = ({ name, folder }: (typeof images)[number]): string[] =>
  dockerfileOf(folder)
    .replaceAll(folder, 'FOLDER')
    .replaceAll(`@groundwork/${name}`, '@groundwork/NAME')
    .replaceAll(`"${name}"`, '"NAME"')
    .replace(/^COPY( services\/contracts\/[a-z-]+\.ts)+ /m, 'COPY CONTRACTS ')
    .split('\n');

const [first, ...others] = images.filter(({ folder }) => folder.startsWith('services/'));

test.each(others)('law: the Dockerfile of $name differs from others in name and contracts only', (image) => {
  expect(shared(image)).toEqual(shared(first as (typeof images)[number]));
});

test('law: the Dockerfile of the provisioner is that of a service without kit, contracts, ports and main.ts', () => {
  const [provisioner] = images.filter(({ name }) => name === 'provisioner') as [(typeof images)[number]];
  const line = /services\/(kit|contracts)|CONTRACTS|^EXPOSE|^CMD/;
  expect(shared(provisioner).filter((one) => !line.test(one))).toEqual(
    shared(first as (typeof images)[number]).filter((one) => !line.test(one)),
  );
});

/** Files of this repository that a source file imports when it runs. */
function imported(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^(import|export) type [^;]*;$/gm, '');
  return ts.preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith('.')) return [join(file, '..', fileName)];
    const [, workspace, path] = /^@groundwork\/([a-z]+)(?:\/(.+))?$/.exec(fileName) ?? [];
    if (workspace === undefined) return [];
    const folder = `${workspace === 'contract' ? 'constructs' : 'services'}/${workspace}`;
    const { exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string>;
    };
    const target = exports[path === undefined ? '.' : `./${path}`] ?? exports['./*']?.replace('*', path ?? '');
    return [join(folder, target as string)];
  });
}

describe.each(images)('the image of $name', ({ folder }) => {
  const files = contextFiles(root, `${folder}/Dockerfile`);

  test('law: starts from the bases that the catalog pins', () => {
    expect(dockerfileOf(folder)).toContain(`ARG BUILD_BASE=${imageReference(catalog.node)}\n`);
    expect(dockerfileOf(folder)).toContain(`ARG BASE=${imageReference(catalog['node-runtime'])}\n`);
  });

  test('gets sources and manifests, and neither tests nor constructs', async () => {
    expect(await files).toContain(`${folder}/package.json`);
    expect(await files).toContain('constructs/contract/index.ts');
    const unwanted = /\.test\.ts$|node_modules|^infra\/(?!provisioner\/)|^stacks|^constructs\/(?!contract\/)/;
    expect((await files).filter((file) => unwanted.test(file))).toEqual([]);
  });

  test('law: holds all that its programs import, and of the contracts those alone', async () => {
    const held = new Set(await files);
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      imported(file).forEach(visit);
    };
    for (const entry of ['main.ts', 'migrate.ts', 'kafka.ts', 'kafka-sidecar.ts', 'consul.ts'])
      if (existsSync(join(root, folder, entry))) visit(`${folder}/${entry}`);
    expect([...seen].filter((file) => !held.has(file))).toEqual([]);
    const contracts = (paths: Iterable<string>) =>
      [...paths].filter((path) => /^services\/contracts\/.*\.ts$/.test(path));
    expect(contracts(held).sort()).toEqual(contracts(seen).sort());
  });
});
