import { globSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { PROVIDER_VERSION } from '../infra/bridge/index.ts';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { dev } from '../stacks/environments/dev.ts';
import type { Environment } from '../stacks/environments/index.ts';
import main from '../stacks/pulumi.ts';
import { images as ownImages } from '../stacks/shop.ts';
import { prepareShop } from '../stacks/stack.ts';
import { stackImages } from '../stacks/stack-images.ts';
import { InlineStack, Project, pulumi } from './support/pulumi.ts';
import { RunTable } from './support/run-table.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { becomes } from './support/until.ts';

/** Dev as a whole, on a separate cluster. Each test continues from the state that the previous one left. */
const separate = await separateCluster();
const namespace = 'shop-dev';
let cluster: Cluster;
let kubectl: Kubectl;
let stack: InlineStack;
/** Number of resources: objects, charts, the provider and the stack itself. */
let all: number;
const table = new RunTable('dev');

beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
}, 30 * 60_000); // may include the build of Kubernetes
afterAll(() => separate.down());

/** Runs a command of the repository as a user does. */
const groundwork = async (...args: readonly string[]) => {
  const { exitCode, all: output } = await execa('node', ['groundwork.mjs', ...args], {
    cwd: join(import.meta.dirname, '..'),
    env: separate.env,
    reject: false,
    all: true,
  });
  return { exitCode, output };
};
/** The program with another environment; what `pulumi up` runs otherwise. */
const shopOf = (environment: Environment, without?: string) => async () => {
  const found = await stackImages(environment, ownImages);
  const unavailable = without === undefined ? [] : [found.images.service(without)];
  return prepareShop(environment, { ...found, unavailable: [...found.unavailable, ...unavailable] }).register().outputs;
};

test('npm start -- --engine pulumi brings dev up, and says what it leaves out', async () => {
  const { exitCode, output } = await groundwork('start', '--cluster', 'embedded', '--engine', 'pulumi');
  expect(output).toMatch(/engine: pulumi, because requested/);
  expect(output).toMatch(/Smoke check through the gateway/);
  expect(output).toMatch(/skipped:[\s\S]*grafana/);
  expect(exitCode).toBe(0);
  const folder = join(cluster.state, 'pulumi');
  const passphrase = readFileSync(join(folder, 'passphrase'), 'utf8');
  stack = await InlineStack.open(main, { kubeconfig: cluster.kubeconfig, folder, passphrase });
}, 1_800_000);

test('up again changes nothing', async () => {
  const changes = await table.step('up again', stack, () => stack.up());
  expect(Object.keys(changes)).toEqual(['same']);
  all = changes.same ?? 0;
});

test('a preview without secrets lists the commands that set them, and the commands work as typed', async () => {
  const root = join(import.meta.dirname, '..');
  // Without stackConfigDir, since the CLI writes to the config file, which must not be the repository's.
  const file = readFileSync(join(root, 'Pulumi.yaml'), 'utf8').replace(/^stackConfigDir: .*\n/m, '');
  const project = await Project.of({ 'Pulumi.yaml': file }, cluster.kubeconfig);
  symlinkSync(join(root, 'stacks'), join(project.folder, 'stacks'));
  await project.pulumi('stack init dev');
  await project.pulumi(`config set context ${cluster.context}`);
  await project.pulumi(`config set providerVersion ${(await pulumi()).providerVersion ?? PROVIDER_VERSION}`);
  const { exitCode, output } = await project.run('pulumi preview --non-interactive');
  expect(exitCode).not.toBe(0);
  expect(output).not.toMatch(/^ +at .*\.ts:/m); // a ConfigurationError has its own place; a stack trace would hide it
  const commands = output.split('\n').filter((line) => line.includes('pulumi config set --secret --path'));
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) expect(await project.run(command)).toMatchObject({ exitCode: 0 });
  const preview = async () => ({ changes: (await project.pulumi('preview')).summary });
  const { changes } = await table.step('preview of a new stack, by the CLI', project, preview);
  expect(changes).toEqual({ create: all });
});

test('a changed scaling bound updates the autoscaler and nothing else', async () => {
  const { catalog, ...others } = dev.services;
  if (catalog === undefined) throw new Error('dev has no catalog');
  const services = { ...others, catalog: { ...catalog, scaling: { ...catalog.scaling, max: 4 } } };
  const changed = () => stack.up(shopOf({ ...dev, services }));
  expect(await table.step('up, one scaling bound changed', stack, changed)).toEqual({ update: 1, same: all - 1 });
  expect(await stack.up(shopOf(dev))).toEqual({ update: 1, same: all - 1 });
});

test('a service that is removed is deleted, and created when it is back; no other object is touched', async () => {
  const before = await stack.objects();
  const removed = await table.step('up, a service removed', stack, () => stack.up(shopOf(dev, 'notifications')));
  expect(Object.keys(removed).sort()).toEqual(['delete', 'same']);
  const { delete: count = 0 } = removed;
  const back = await table.step('up, the service added back', stack, () => stack.up(shopOf(dev)));
  expect(back).toEqual({ create: count, same: all - count });
  expect(await stack.objects()).toEqual(before);
});

test('an object that was deleted by hand is created again after a refresh; a label that was added by hand is not seen', async () => {
  await kubectl.run(['delete', 'service', 'catalog', '--namespace', namespace]);
  await kubectl.run(['label', 'service', 'users', 'added=by-hand', '--namespace', namespace]);
  expect(await stack.up()).toEqual({ same: all }); // the state alone does not know
  expect(await table.step('refresh, a Service deleted by hand', stack, () => stack.refresh())).toMatchObject({
    delete: 1,
  });
  expect(await table.step('up after it', stack, () => stack.up())).toEqual({ create: 1, same: all - 1 });
  const labels = (await kubectl.get('service', 'users', namespace))?.metadata.labels;
  expect(labels).toMatchObject({ added: 'by-hand' });
});

test('a rotated secret is in the cluster and in the stack, and the next up changes nothing', async () => {
  const { exitCode, output } = await groundwork(
    ...['secrets', 'rotate', 'secrets/users/token-keys', '--cluster', 'embedded', '--engine', 'pulumi'],
  );
  expect(output).toMatch(/rotated/);
  expect(exitCode).toBe(0);
  expect(await stack.up()).toEqual({ same: all });
});

test('law: neither state nor config has a secret in plain text', () => {
  const values = Object.values(
    JSON.parse(readFileSync(join(cluster.state, 'secrets', `${namespace}.json`), 'utf8')) as Record<
      string,
      { value: string }
    >,
  ).map(({ value }) => value);
  const kept = globSync(`${stack.folder}/**/*.{yaml,json,bak}`).map((file) => readFileSync(file, 'utf8'));
  expect(values.length).toBeGreaterThan(5);
  expect(kept.length).toBeGreaterThan(1);
  for (const value of values) for (const text of kept) expect(text).not.toContain(value);
  for (const text of kept) expect(text).not.toContain('client-key-data');
});

test('destroy deletes everything, and the other engine creates the same objects', async () => {
  const objects = await stack.objects();
  expect(await table.step('destroy', stack, () => stack.destroy())).toEqual({ delete: all });
  await becomes('the namespace is gone', async () => (await kubectl.get('namespace', namespace)) === undefined);
  const { exitCode, output } = await groundwork('start', '--cluster', 'embedded', '--engine', 'apply');
  expect(output).toContain(`Deploy dev: ${objects.length} created`);
  expect(exitCode).toBe(0);
}, 600_000);

test('docs/pulumi-real-engine.md has this run', () => {
  const { page, run } = table.compared();
  expect(page).toEqual(run);
});
