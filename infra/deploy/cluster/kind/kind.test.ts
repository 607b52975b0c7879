import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { FakeCommands, recorder } from '../../../tools/testing/fake-commands.ts';
import { KindCluster } from './index.ts';

let commands: FakeCommands;
let folder: string;
beforeEach(() => {
  commands = new FakeCommands();
  folder = temporaryFolder('kind');
});
afterEach(() => commands.end());

const cluster = (): KindCluster =>
  new KindCluster({ nodeImage: 'registry.example/node@sha256:aa', folder, httpPort: 45_871 });
const installed = ({ clusters = '', ready = 'exit 0', running = true } = {}): void => {
  commands.add('docker', `case "$1" in info) echo 27.0 ;; inspect) echo ${running} ;; esac`);
  commands.add('kubectl', ready);
  commands.add(
    'kind',
    `case "$1 $2" in "get clusters") echo '${clusters}' ;; "get kubeconfig") echo 'apiVersion: v1' ;; esac`,
  );
};

describe('is not available, and has a fix,', () => {
  test('without docker', async () => {
    expect(await cluster().check()).toMatchObject({
      usable: false,
      why: expect.stringContaining('no `docker`'),
      fix: expect.stringContaining('install Docker'),
    });
  });
  test('when no daemon answers', async () => {
    commands.add('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    expect(await cluster().check()).toMatchObject({ usable: false, why: expect.stringContaining('Cannot connect') });
  });
  test('without kind', async () => {
    commands.add('docker', 'echo 27.0');
    expect(await cluster().check()).toMatchObject({
      usable: false,
      why: expect.stringContaining('no `kind`'),
      fix: expect.stringContaining('install kind'),
    });
  });
});

test('creates the cluster with a pinned node, the gateway’s port on 127.0.0.1, and a separate kubeconfig', async () => {
  installed();
  const progress = recorder();
  const { kubectl, gatewayUrl } = await cluster().up(progress);
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  expect(config.nodes).toEqual([
    {
      role: 'control-plane',
      image: 'registry.example/node@sha256:aa',
      extraPortMappings: [{ containerPort: 30080, hostPort: 45871, listenAddress: '127.0.0.1', protocol: 'TCP' }],
    },
  ]);
  expect(commands.calls).toContain(
    `kind create cluster --name groundwork --config ${join(folder, 'config.json')} --kubeconfig ${join(folder, 'kubeconfig')} --wait 180s`,
  );
  expect(kubectl).toEqual(['kubectl', '--kubeconfig', join(folder, 'kubeconfig')]);
  expect(gatewayUrl).toBe('http://127.0.0.1:45871');
  expect(progress.said).toEqual([expect.stringContaining('metrics-server')]);
});

test('uses an existing cluster that answers', async () => {
  installed({ clusters: 'groundwork' });
  await cluster().up(recorder());
  expect(commands.calls.filter((call) => /create|delete/.test(call))).toEqual([]);
});

test('starts a node that was stopped to keep its data; looking it up starts nothing', async () => {
  installed({ clusters: 'groundwork', running: false });
  await cluster().find();
  expect(commands.calls).not.toContain('docker start groundwork-control-plane');
  await cluster().up(recorder());
  expect(commands.calls).toContain('docker start groundwork-control-plane');
});

test('recreates a cluster that does not answer', async () => {
  installed({ clusters: 'groundwork', ready: 'case "$*" in *readyz*) exit 1 ;; esac' });
  await cluster().up(recorder());
  expect(commands.calls).toEqual(
    expect.arrayContaining(['kind delete cluster --name groundwork', expect.stringContaining('kind create cluster')]),
  );
});

test('loads images of the daemon by reference, and archives by file', async () => {
  installed({ clusters: 'groundwork' });
  const { loadImages } = await cluster().up(recorder());
  await loadImages([{ reference: 'users:1' }, { reference: 'postgres:15', archive: '/p.tar' }], recorder());
  expect(commands.calls.slice(-2)).toEqual([
    'kind load docker-image users:1 --name groundwork',
    'kind load image-archive /p.tar --name groundwork',
  ]);
});

test('down deletes the cluster; with keepData it stops the node, which holds the volumes', async () => {
  installed({ clusters: 'groundwork' });
  expect(await cluster().down({ keepData: true }, recorder())).toEqual([expect.stringContaining('stopped')]);
  expect(commands.calls.at(-1)).toBe('docker stop groundwork-control-plane');
  expect(await cluster().down({ keepData: false }, recorder())).toEqual([
    expect.stringContaining('kind cluster groundwork'),
  ]);
  expect(commands.calls.at(-1)).toMatch(/^kind delete cluster --name groundwork/);
});

test('down without a cluster removes nothing', async () => {
  installed();
  expect(await cluster().down({ keepData: false }, recorder())).toEqual([]);
});
