import { type Contract, contract, type Need } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { at, objectsOf } from '../../test/support/system.ts';
import { type BackingService, type Connection, Cpu, Graph, Microservice, Platform, Size } from '../index.ts';

/** A service that needs `kind`, on a platform where `backing` provides it. */
function served(backing: BackingService, owns: readonly Need[] = [{ kind: 'mail' }]): ReturnType<typeof objectsOf> {
  const app = new App();
  const letters = contract('letters', { owns }) as Contract;
  const quota = { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 40 };
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'dev',
    system: 'town',
    graph: new Graph([letters]),
    quota,
  });
  platform.addBackingService('mail', backing);
  new Microservice(new Chart(app, 'letters'), 'letters', {
    contract: letters,
    platform,
    image: 'registry.example/letters:1',
  });
  return objectsOf(app);
}

const giving = (connection: Connection): BackingService => ({ connect: () => connection });
const pod = 'spec.template.spec';

test('settings, files, peers and init steps of a third-party backing service reach the pods', () => {
  const objects = served(
    giving({
      env: { SMTP_HOST: 'mail' },
      files: [
        { path: '/etc/mail/password', secret: 'mail-letters', key: 'password' },
        { path: '/etc/mail/ca.crt', secret: 'mail-ca', key: 'ca' },
      ],
      peers: [{ selector: { app: 'mail' }, port: 25 }],
      initSteps: [{ name: 'greet', command: ['node', 'greet.ts'], env: { SMTP_USER: 'greeter' } }],
    }),
  );
  const deployment = objects['Deployment/letters'];
  expect(at(deployment, `${pod}.containers.0.env`)).toContainEqual({ name: 'SMTP_HOST', value: 'mail' });
  expect(at(deployment, `${pod}.containers.0.volumeMounts`)).toContainEqual({
    name: 'etc-mail',
    mountPath: '/etc/mail',
    readOnly: true,
  });
  expect(at(deployment, `${pod}.volumes`)).toContainEqual({
    name: 'etc-mail',
    projected: {
      defaultMode: 0o440,
      sources: [
        { secret: { name: 'mail-letters', items: [{ key: 'password', path: 'password' }] } },
        { secret: { name: 'mail-ca', items: [{ key: 'ca', path: 'ca.crt' }] } },
      ],
    },
  });
  expect(at(deployment, `${pod}.initContainers.0`)).toMatchObject({ name: 'greet', command: ['node', 'greet.ts'] });
  expect(at(deployment, `${pod}.initContainers.0.env`)).toEqual(
    expect.arrayContaining([
      { name: 'SMTP_HOST', value: 'mail' },
      { name: 'SMTP_USER', value: 'greeter' },
    ]),
  );
  expect(at(deployment, `${pod}.initContainers.0.volumeMounts`)).toContainEqual({
    name: 'greet-etc-mail',
    mountPath: '/etc/mail',
    readOnly: true,
  });
  expect(at(objects['NetworkPolicy/letters'], 'spec.egress')).toEqual([
    { to: [{ podSelector: { matchLabels: { app: 'mail' } } }], ports: [{ port: 25, protocol: 'TCP' }] },
  ]);
});

test('an input rolls the pods if it changes, and only then', () => {
  const annotations = (...rollsOn: string[]) =>
    at(served(giving({ rollsOn }))['Deployment/letters'], 'spec.template.metadata.annotations');
  expect(annotations('a', 'b')).toEqual(annotations('a', 'b'));
  expect(annotations('a', 'b')).not.toEqual(annotations('a', 'c'));
  expect(annotations('ab', '')).not.toEqual(annotations('a', 'b'));
  expect(annotations()).toBeUndefined();
});

test('receives the workload of each need and the maximum number of its pods', () => {
  const asked: unknown[] = [];
  served({
    connect: ({ name, environment, namespace, maxPods }, need) => {
      asked.push({ name, environment, namespace, maxPods, need });
      return {};
    },
  });
  expect(asked).toEqual([
    { name: 'letters', environment: 'dev', namespace: 'town-dev', maxPods: 3, need: { kind: 'mail' } },
  ]);
});

test('two files with one path are rejected, with the path', () => {
  const file = { path: '/etc/mail/password', secret: 'mail', key: 'password' };
  expect(() => served(giving({ files: [file, file] }))).toThrow(/two needs mount a file at \/etc\/mail\/password/);
});

test('two settings with one name are rejected, with both values', () => {
  const owns = [
    { kind: 'mail', name: 'a' },
    { kind: 'mail', name: 'b' },
  ];
  const backing: BackingService = { connect: (_, { name }) => ({ env: { SMTP_HOST: name as string } }) };
  expect(() => served(backing, owns)).toThrow(/SMTP_HOST.*'a'.*'b'/);
});

test('a backing service cannot change a setting of the service itself', () => {
  expect(() => served(giving({ env: { PORT: '1' } }))).toThrow(/PORT/);
});

test.each([
  ['/opt/My_App/conf.d/pw', /^files-[0-9a-f]{12}$/],
  [`/${'long/'.repeat(20)}pw`, /^files-[0-9a-f]{12}$/],
  ['/etc/a/b/x', /^etc-a-b$/],
])('a file at %s is in a volume with a valid name', (path, name) => {
  const objects = served(giving({ files: [{ path, secret: 'mail', key: 'k' }] }));
  const mounts = at(objects['Deployment/letters'], `${pod}.containers.0.volumeMounts`) as Record<string, string>[];
  const mount = mounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  expect(mount).toMatchObject({ name: expect.stringMatching(name), mountPath: path.replace(/\/[^/]*$/, '') });
});

test.each([
  [['/pw'], /must be absolute and in a folder, got '\/pw'/],
  [['etc/pw'], /must be absolute and in a folder/],
  [['/etc/a/b/x', '/etc/a-b/x'], /two folders of files would be the volume 'etc-a-b'/],
])('files at %j are rejected', (paths, message) => {
  expect(() => served(giving({ files: paths.map((path) => ({ path, secret: 'mail', key: 'k' })) }))).toThrow(message);
});

test('a peer without labels is rejected, as it would open every pod of the namespace', () => {
  expect(() => served(giving({ peers: [{ selector: {}, port: 80 }] }))).toThrow(
    /the selector must have labels[\s\S]*contract 'letters' › owns\[0\] › peers/,
  );
});

test('a backing service of every workload is rejected after a workload, which would not be connected', () => {
  const app = new App();
  const letters = contract('letters', {}) as Contract;
  const quota = { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 40 };
  const graph = new Graph([letters]);
  const platform = new Platform(new Chart(app, 'p'), 'p', { environment: 'dev', system: 'town', graph, quota });
  new Microservice(new Chart(app, 'letters'), 'letters', { contract: letters, platform, image: 'a/letters:1' });
  expect(() => platform.addBackingService('discovery', { everywhere: true, ...giving({}) })).toThrow(
    /letters was created before/,
  );
});

test('a kind has one backing service', () => {
  const quota = { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 40 };
  const platform = new Platform(new Chart(new App(), 'c'), 'platform', {
    environment: 'dev',
    system: 'town',
    graph: new Graph([]),
    quota,
  });
  platform.addBackingService('mail', giving({}));
  expect(() => platform.addBackingService('mail', giving({}))).toThrow(/'mail' already has a backing service/);
});
