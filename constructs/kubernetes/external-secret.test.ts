import { contract, mail, secret } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { fixedImages } from '../../test/support/system.ts';
import {
  Consul,
  type Contract,
  Cpu,
  deployTimeSecret,
  type ExternalSecretStore,
  Grafana,
  Graph,
  Mail,
  Microservice,
  Platform,
  Prometheus,
  Secrets,
  Size,
  synthesize,
} from '../index.ts';

const users = contract('users', {
  owns: [mail(), secret('pepper', { purpose: 'hashes', format: 'random' })],
}) as Contract;
const image = fixedImages.thirdParty('image');

/** An app with secrets of Mail, Secrets, Grafana and Consul, and a custom one. */
function appWith(externalSecrets?: ExternalSecretStore): App {
  const app = new App();
  const chart = new Chart(app, 'all');
  const platform = new Platform(chart, 'platform', {
    environment: 'dev',
    system: 'town',
    graph: new Graph([users]),
    quota: { cpu: Cpu.units(40), memory: Size.gibibytes(80), storage: Size.gibibytes(900), pods: 100 },
    ...(externalSecrets && { externalSecrets }),
  });
  const egress = { cidrs: ['203.0.113.0/24'], ports: [587] };
  new Mail(chart, 'mail', { platform, server: { from: 'a@b.example', egress } });
  new Secrets(chart, 'secrets', { platform });
  new Consul(chart, 'consul', { platform, image, provisioner: image });
  const prometheus = new Prometheus(chart, 'prometheus', {
    platform,
    image,
    alertmanagerImage: image,
    storage: Size.gibibytes(50),
  });
  new Grafana(chart, 'grafana', { platform, image, prometheus });
  new Microservice(chart, 'users', { contract: users, platform, image });
  new ApiObject(chart, 'own', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'own', namespace: 'town-dev', annotations: { team: 'x' } },
    type: 'example.org/login',
    stringData: { key: deployTimeSecret('own/key', 'password'), user: 'a {{ b' },
  });
  return app;
}

const NAMES = ['consul/gossip', 'grafana/admin', 'mail/users/url', 'secrets/users/pepper', 'own/key'];

test.each<[string, (app: App) => unknown]>([
  ['synthYaml', (app) => app.synthYaml()],
  ['synth of a chart', (app) => Testing.synth(app.node.findChild('all') as Chart)],
])('a plain %s of deploy-time secrets is an error that names them and the ways out', (_, synth) => {
  for (const part of [...NAMES, 'Secret/grafana', 'externalSecrets', 'Pulumi'])
    expect(() => synth(appWith())).toThrow(part);
});

test('synthesize keeps the tokens, and does not let a later plain synth pass', () => {
  const app = appWith();
  expect(synthesize(app).secrets.map(({ name }) => name)).toEqual(expect.arrayContaining(NAMES));
  expect(() => app.synthYaml()).toThrow('secret-unresolved');
});

test('with a store, all Secrets with deploy-time secrets are ExternalSecrets in every outlet', () => {
  const text = appWith({ store: 'vault.example' }).synthYaml();
  expect(text).not.toContain('<<secret:');
  const system = synthesize(appWith({ store: 'vault.example' }));
  expect(system.secrets).toEqual([]);
  const all = system.objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === 'ExternalSecret');
  for (const name of NAMES) expect(JSON.stringify(all)).toContain(`"key":"town-dev/${name}"`);
  expect(all.find(({ metadata }) => metadata.name === 'users-pepper')).toMatchObject({
    apiVersion: 'external-secrets.io/v1',
    metadata: { namespace: 'town-dev' },
    spec: {
      secretStoreRef: { name: 'vault.example', kind: 'ClusterSecretStore' },
      target: { name: 'users-pepper', creationPolicy: 'Owner' },
      data: [{ secretKey: 'value', remoteRef: { key: 'town-dev/secrets/users/pepper' } }],
    },
  });
});

test('an ExternalSecret keeps type and plain values of its Secret, and the kind of store is that of the prop', () => {
  const { objects } = synthesize(appWith({ store: 'vault', kind: 'SecretStore' }));
  expect(objects.find(({ id }) => id.startsWith('ExternalSecret') && id.endsWith('/own'))?.manifest.spec).toEqual({
    secretStoreRef: { name: 'vault', kind: 'SecretStore' },
    refreshInterval: '1h0m0s',
    target: {
      name: 'own',
      creationPolicy: 'Owner',
      template: {
        type: 'example.org/login',
        engineVersion: 'v2',
        mergePolicy: 'Merge',
        metadata: { labels: {}, annotations: { team: 'x' } },
        data: { user: 'a {{ "{{" }} b' },
      },
    },
    data: [{ secretKey: 'key', remoteRef: { key: 'town-dev/own/key' } }],
  });
});

test('an invalid name of a store is an error', () => {
  expect(() => appWith({ store: 'My Vault' })).toThrow('externalSecrets › store');
});
