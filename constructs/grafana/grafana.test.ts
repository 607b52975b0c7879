import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contract, contract, event, postgres, route } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { search } from 'jmespath';
import { Type } from 'typebox';
import { parse } from 'yaml';
import { at, fixedImages, objectsOf } from '../../test/support/system.ts';
import { watched } from '../../test/support/watched.ts';
import { type BackingService, Grafana, type GrafanaProps, IDENTITY_FOLDER, type SignIn } from '../index.ts';
import { RENEWAL_SCRIPT } from './renewal.ts';

const registered = event('user.registered', 1, Type.Object({ id: Type.String() }), { key: 'id' });
const users = contract('users', {
  http: { list: route('GET', '/users', { auth: 'none', reply: { 200: Type.String() } }) },
  owns: [postgres({ migrations: 'services/users/migrations' })],
  publishes: [registered],
}) as Contract;
const plain = contract('plain', {
  http: { ask: route('GET', '/plain', { auth: 'none', reply: { 200: Type.String() } }) },
  calls: [users.http.list as never],
}) as Contract;

/** A minimal PostgreSQL back end that connects the owner of a database. */
const database: BackingService = {
  connect: ({ name, identity }) => ({
    env: {
      POSTGRES_HOST: 'postgres.town',
      POSTGRES_PORT: '5432',
      POSTGRES_DATABASE: name,
      POSTGRES_USER: `${name}_app`,
      POSTGRES_POOL_SIZE: '10',
    },
    peers: [{ selector: { app: 'postgres' }, port: 5432 }],
    initSteps: [
      {
        name: 'migrate',
        command: ['node'],
        env: { POSTGRES_USER: `${name}_owner` },
        files: identity.files('/var/run/groundwork/migrations-identity'),
      },
    ],
  }),
};
const egress = { cidrs: ['203.0.113.0/24'], ports: [443] };
const signIn: SignIn = {
  name: 'Example',
  clientId: 'grafana',
  authorizeUrl: 'https://id.example/authorize',
  tokenUrl: 'https://id.example/token',
  userInfoUrl: 'https://id.example/userinfo',
  admins: 'platform',
  egress,
};
const edge = { url: 'https://grafana.example', controllerNamespace: 'ingress-nginx' };

function made(props: Partial<GrafanaProps> = {}, contracts: readonly Contract[] = [users, plain]) {
  const { app, platform, prometheus } = watched({}, contracts);
  new Grafana(new Chart(app, 'grafana'), 'grafana', {
    platform,
    prometheus,
    image: fixedImages.thirdParty('grafana'),
    ...props,
  });
  platform.addScrapeTarget({
    name: 'postgres',
    selector: { app: 'postgres' },
    port: 9187,
    serverName: 'postgres',
    origin: 'postgres',
  });
  const objects = objectsOf(app);
  const config = at(objects['ConfigMap/grafana'], 'data') as Record<string, string>;
  const dashboards = Object.entries(at(objects['ConfigMap/grafana-dashboards'], 'data') as Record<string, string>);
  return {
    objects,
    config,
    ini: config['grafana.ini'] as string,
    dashboards: Object.fromEntries(dashboards.map(([file, text]) => [file, JSON.parse(text)])),
  };
}

interface GrafanaPanel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource: object }[];
  readonly fieldConfig?: { readonly defaults: { readonly thresholds?: { readonly steps: object[] } } };
}

describe('dashboards', () => {
  const { dashboards } = made();

  test('are an overview, one for each service, and one for each scraped system', () => {
    expect(Object.keys(dashboards).sort()).toEqual([
      'overview.json',
      'service-plain.json',
      'service-users.json',
      'system-kubernetes.json',
      'system-postgres.json',
      'system-prometheus.json',
    ]);
  });
  test.each(Object.entries(dashboards))(
    '%s has its name as uid, is read-only, and queries Prometheus in every panel',
    (file, dashboard) => {
      expect(dashboard).toMatchObject({ uid: file.replace('.json', ''), editable: false });
      expect(dashboard.uid.length).toBeLessThanOrEqual(40); // Grafana's limit
      const panels = (dashboard.panels as GrafanaPanel[]).filter(({ type }) => type !== 'row');
      for (const { targets = [] } of panels) {
        expect(targets.length).toBeGreaterThan(0);
        expect(
          targets.every(({ datasource }) => JSON.stringify(datasource) === '{"type":"prometheus","uid":"prometheus"}'),
        ).toBe(true);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      }
    },
  );
  test.each(Object.entries(dashboards))('%s has no duplicate panel ids or positions', (_, dashboard) => {
    const panels = dashboard.panels as GrafanaPanel[];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_cell, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
  test('of a service derive from its contract', () => {
    const titles = (file: string) => (dashboards[file].panels as GrafanaPanel[]).map(({ title }) => title);
    expect(titles('service-users.json')).toEqual(expect.arrayContaining(['Database connections', 'Published events']));
    expect(titles('service-users.json')).not.toContain('Calls to other services');
    expect(titles('service-plain.json')).toContain('Calls to other services');
    expect(titles('service-plain.json')).not.toContain('Database connections');
  });
  test('draw the SLO of the contract', () => {
    const panel = (dashboards['service-plain.json'].panels as GrafanaPanel[]).find(
      ({ title }) => title === 'Latency (p99)',
    );
    expect(panel?.fieldConfig?.defaults.thresholds?.steps).toContainEqual({ value: 0.5, color: 'red' });
  });
});

describe('Grafana', () => {
  test('requires a sign-in, and sends no telemetry', () => {
    const { ini } = made();
    expect(ini).toContain('[auth.anonymous]\nenabled = false');
    expect(ini).toContain('reporting_enabled = false');
    expect(ini).toMatch(/admin_password = \$__file\{\/var\/run\/groundwork\/grafana\/admin}/);
  });
  test('has its secrets as deploy-time secrets, in files only', () => {
    const { objects } = made({ signIn, edge });
    expect(at(objects['Secret/grafana'], 'stringData')).toEqual({
      admin: '<<secret:password:grafana/admin>>',
      'secret-key': '<<secret:password:grafana/secret-key>>',
      oidc: '<<secret:given:grafana/oidc>>',
    });
    expect(JSON.stringify(at(objects['Deployment/grafana'], 'spec.template.spec.containers.0.env'))).not.toMatch(
      /PASSWORD|SECRET/,
    );
  });
  test('declares that a secret must also be rotated in a persistent database', () => {
    const marks = (props: Partial<GrafanaProps>) => at(made(props).objects['Secret/grafana'], 'metadata.annotations');
    expect(marks({})).toBeUndefined();
    expect(marks({ database })).toEqual({ 'groundwork/by-hand': 'admin,secret-key' });
  });
  test('serves TLS, and queries Prometheus with its own certificate', () => {
    const { config, ini, objects } = made();
    expect(ini).toContain(`cert_file = ${IDENTITY_FOLDER}/tls.crt`);
    expect(parse(config['datasources.yaml'] as string).datasources[0]).toMatchObject({
      url: 'https://prometheus.town-test.svc.cluster.local:9090',
      editable: false,
      jsonData: { tlsAuth: true, tlsAuthWithCACert: true, serverName: 'prometheus.town-test.svc.cluster.local' },
    });
    expect(objects).toHaveProperty(['NetworkPolicy/prometheus-from-grafana']);
  });
  test('has one replica without a database, and two with one', () => {
    expect(at(made().objects['Deployment/grafana'], 'spec.replicas')).toBe(1);
    const { objects, ini } = made({ database });
    expect(at(objects['Deployment/grafana'], 'spec.replicas')).toBe(2);
    expect(objects).toHaveProperty(['PodDisruptionBudget/grafana']);
    expect(ini).toContain('user = grafana_owner');
    expect(ini).toContain('ssl_mode = verify-full');
    expect(ini).toContain('client_cert_path = /var/run/groundwork/migrations-identity/tls.crt');
    expect(at(objects['NetworkPolicy/grafana'], 'spec.egress')).toContainEqual({
      to: [{ podSelector: { matchLabels: { app: 'postgres' } } }],
      ports: [{ protocol: 'TCP', port: 5432 }],
    });
  });
  test('signs users in with a provider, with the client secret from a file', () => {
    const { ini, objects } = made({ signIn, edge });
    expect(ini).toContain('client_secret = $__file{/var/run/groundwork/grafana/oidc}');
    expect(ini).toContain('root_url = https://grafana.example');
    expect(ini).toContain('use_pkce = true');
    expect(JSON.stringify(at(objects['NetworkPolicy/grafana'], 'spec.ingress'))).toContain('ingress-nginx');
  });
  test.each<[string, Partial<SignIn>, string[]]>([
    ['every user is a viewer', {}, []],
    [
      'a group of admins',
      { admins: 'platform' },
      [
        "role_attribute_path = groups && (contains(groups[*], 'platform') && 'Admin' || 'Viewer')",
        'role_attribute_strict = false',
      ],
    ],
    [
      'a group of viewers only',
      { viewers: 'shop' },
      ["groups && (contains(groups[*], 'shop') && 'Viewer')", 'strict = true'],
    ],
    [
      'groups for both',
      { admins: 'platform', viewers: 'shop' },
      [
        "groups && (contains(groups[*], 'platform') && 'Admin' || contains(groups[*], 'shop') && 'Viewer')",
        'strict = true',
      ],
    ],
  ])('has no role for a source without groups: %s', (_, groups, lines) => {
    const { admins: _admins, ...withoutAdmins } = signIn;
    const { ini } = made({ signIn: { ...withoutAdmins, ...groups }, edge });
    for (const line of lines) expect(ini).toContain(line);
    if (lines.length === 0) expect(ini).not.toContain('role_attribute');
  });
  describe.each<[string, Partial<SignIn>, string | undefined]>([
    ['without a group of viewers', {}, 'Viewer'],
    ['with one', { viewers: 'shop' }, undefined],
  ])('with the rule %s', (_, groups, guest) => {
    const rule = /^role_attribute_path = (.*)$/m.exec(
      made({ signIn: { ...signIn, ...groups }, edge }).ini,
    )?.[1] as string;
    test.each<[string, object, string | undefined]>([
      ['a member of the administrators’ group', { groups: ['shop', 'platform'] }, 'Admin'],
      ['a viewer', { groups: ['shop'] }, 'Viewer'],
      ['a member of other groups', { groups: ['guests', 'shoppers'] }, guest],
      ['a member of no group', { groups: [] }, undefined],
      ['an identity token without groups', { sub: 'adam' }, undefined],
      ['a group that is not a list', { groups: 'platform' }, undefined],
    ])('%s: %j is %s', (_who, claims, role) => {
      let answer: unknown;
      try {
        answer = search(claims, rule);
      } catch {
        // For Grafana, an error in a rule is not a result either.
      }
      expect(typeof answer === 'string' ? answer : undefined).toBe(role);
    });
  });
  test('ends sessions within a day if a provider controls access', () => {
    expect(made({ signIn, edge }).ini).toContain('login_maximum_lifetime_duration = 1d');
    expect(made().ini).not.toContain('login_maximum_lifetime_duration');
  });
  test('trusts the provider’s private authority, and is rolled if that changes', () => {
    const authority = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const template = (props: Partial<SignIn>) =>
      at(made({ signIn: { ...signIn, ...props }, edge }).objects['Deployment/grafana'], 'spec.template');
    const { ini, config } = made({ signIn: { ...signIn, authority }, edge });
    expect(ini).toContain('tls_client_ca = /etc/grafana/sign-in-authority.crt');
    expect(config['sign-in-authority.crt']).toBe(authority);
    const mounted = {
      name: 'config',
      mountPath: '/etc/grafana/sign-in-authority.crt',
      subPath: 'sign-in-authority.crt',
      readOnly: true,
    };
    expect(at(template({ authority }), 'spec.containers.0.volumeMounts')).toContainEqual(mounted);
    expect(at(template({}), 'spec.containers.0.volumeMounts')).not.toContainEqual(mounted);
    const inputs = (text: string) => at(template({ authority: text }), 'metadata.annotations');
    expect(inputs(authority)).not.toEqual(inputs(`${authority}${authority}`));
  });
  test('has no ingress without an edge', () => {
    expect(at(made().objects['NetworkPolicy/grafana'], 'spec')).not.toHaveProperty('ingress');
  });
  test('is rolled if its configuration changes', () => {
    const inputs = (props: Partial<GrafanaProps>) =>
      at(made(props).objects['Deployment/grafana'], 'spec.template.metadata.annotations');
    expect(inputs({})).toEqual(inputs({}));
    expect(inputs({ edge })).not.toEqual(inputs({}));
  });
});

describe('Grafana rejects', () => {
  test.each<[string, Partial<GrafanaProps>, RegExp]>([
    ['a provider without an edge', { signIn }, /requires an edge/],
    ['an edge without TLS', { edge: { ...edge, url: 'http://grafana.example' } }, /must be an https URL/],
    ['a provider’s endpoint without TLS', { signIn: { ...signIn, tokenUrl: 'http://id.example' }, edge }, /tokenUrl/],
    [
      'a group that would end the rule',
      { signIn: { ...signIn, admins: "x') || true" }, edge },
      /must not contain "'"[\s\S]*admins/,
    ],
    [
      'a group of viewers that would be truncated',
      { signIn: { ...signIn, viewers: 'x #1' }, edge },
      /must not contain "#"[\s\S]*viewers/,
    ],
    [
      'the name of a file for an authority',
      { signIn: { ...signIn, authority: 'ca.crt' }, edge },
      /authority[\s\S]*not its name/,
    ],
    [
      'a provider without networks',
      { signIn: { ...signIn, egress: { cidrs: [], ports: [443] } }, edge },
      /list of networks must not be empty/,
    ],
    ['no client', { signIn: { ...signIn, clientId: '' }, edge }, /clientId/],
    ['a database without an owner role', { database: { connect: () => ({}) } }, /must connect the owner role/],
  ])('%s', (_, props, message) => {
    expect(() => made(props)).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
  });
});

test('a renewed certificate makes Grafana reload its data source once, and once more after a failure', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'renewal-'));
  const file = (name: string) => join(folder, name);
  for (const [name, content] of Object.entries({ 'tls.crt': 'old', 'ca.crt': '', admin: 'secret', calls: '' }))
    await writeFile(file(name), content);
  // Fails at its first call; logs its input.
  await writeFile(
    file('curl'),
    `#!/bin/sh\ncat >> ${file('calls')}; echo "$@" >> ${file('calls')}; [ -e ${file('failed')} ] || { touch ${file('failed')}; exit 22; }\n`,
    { mode: 0o755 },
  );
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    IDENTITY: folder,
    SECRETS: folder,
    EVERY: '0.05',
    SERVER_NAME: 'grafana.town',
  };
  const loop = spawn('sh', ['-c', RENEWAL_SCRIPT], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const renewed = async () =>
    expect(((await once(loop.stdout, 'data')) as [Buffer])[0].toString()).toContain('renewed');
  try {
    await renewed();
    await writeFile(file('tls.crt'), 'new');
    await renewed();
    const calls = await readFile(file('calls'), 'utf8');
    expect(calls.match(/user = "admin:secret"/g)).toHaveLength(3); // the first failed
    expect(calls).toContain('--request POST https://grafana.town:3000/api/admin/provisioning/datasources/reload');
    expect(calls.match(/--.*secret/)).toBeNull();
  } finally {
    loop.kill();
    expect(await once(loop, 'exit')).toEqual([0, null]); // on its own, and at once
    await rm(folder, { recursive: true });
  }
});
