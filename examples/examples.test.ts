import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { output } from '@pulumi/pulumi';
import { execa } from 'execa';
import { registeredBy } from '../infra/bridge/testing/test-engine.ts';
import { at } from '../test/support/system.ts';
import { objects as patched } from './escape-hatch.ts';
import { bakery } from './foreign-app.ts';

test('own-backing.ts gives a service its oven, the key, and network access', async () => {
  const { stdout } = await execa(process.execPath, [join(import.meta.dirname, 'own-backing.ts')]);
  const manifests = JSON.parse(stdout) as { kind: string; metadata: { name: string } }[];
  const find = (id: string) => manifests.find(({ kind, metadata }) => `${kind}/${metadata.name}` === id);
  expect(at(find('Oven/bakery-oven'), 'spec.degrees')).toBe(250);
  expect(at(find('Deployment/bakery'), 'spec.template.spec.containers.0.env')).toContainEqual({
    name: 'OVEN',
    value: 'bakery-oven',
  });
  expect(JSON.stringify(manifests.filter(({ kind }) => kind === 'NetworkPolicy'))).toContain('8443');
}, 30_000);

test('foreign-app.ts registers one resource per object, with the Output resolved', async () => {
  const registered = await registeredBy(() => bakery('kubeconfig', output('db.bakery.example')));
  const objects = registered.filter(({ type }) => type.startsWith('kubernetes:'));
  expect(objects.map(({ name }) => name)).toEqual(['Namespace/bakery', 'Deployment/bakery/baker']);
  const env = at(objects[1]?.inputs, 'spec.template.spec.containers.0.env');
  expect(env).toContainEqual({ name: 'DATABASE', value: 'postgres://db.bakery.example/bread' });
});

test('escape-hatch.ts changes the raw object, and records the patch', () => {
  const deployment = patched.find(({ manifest }) => manifest.kind === 'Deployment');
  expect(at(deployment?.manifest, 'spec.template.spec')).toMatchObject({
    priorityClassName: 'business-critical',
    terminationGracePeriodSeconds: 60,
  });
  expect(deployment?.origin).toContain('patched: add /spec/template/spec/priorityClassName');
});
