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

/** A PostgreSQL back end, reduced to what it gives to who owns a database. */
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

  test('are an overview, one for each service, and one for each system that is scraped', () => {
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
    '%s has the uid of its name, is read-only, and asks Prometheus in every panel',
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
  test.each(Object.entries(dashboards))('%s has no two panels of one id or in one place', (_, dashboard) => {
    const panels = dashboard.panels as GrafanaPanel[];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_cell, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
  test('of a service follow its contract', () => {
    const titles = (file: string) => (dashboards[file].panels as GrafanaPanel[]).map(({ title }) => title);
    expect(titles('service-users.json')).toEqual(
      expect.arrayContaining(['Database connections', 'Events that it publishes']),
    );
    expect(titles('service-users.json')).not.toContain('Calls to other services');
    expect(titles('service-plain.json')).toContain('Calls to other services');
    expect(titles('service-plain.json')).not.toContain('Database connections');
  });
  test('draw the contract’s limit', () => {
    const panel = (dashboards['service-plain.json'].panels as GrafanaPanel[]).find(
      ({ title }) => title === 'Slowest of the fastest 99 %',
    );
    expect(panel?.fieldConfig?.defaults.thresholds?.steps).toContainEqual({ value: 0.5, color: 'red' });
  });
});

describe('Grafana', () => {
  test('lets nobody look without signing in, and tells nobody outside that it is there', () => {
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
      oidc: '<<secret:password:grafana/oidc>>',
    });
    expect(JSON.stringify(at(objects['Deployment/grafana'], 'spec.template.spec.containers.0.env'))).not.toMatch(
      /PASSWORD|SECRET/,
    );
  });
  test('has a secret rotated in its database too, where that outlives its pods', () => {
    const marks = (props: Partial<GrafanaProps>) => at(made(props).objects['Secret/grafana'], 'metadata.annotations');
    expect(marks({})).toBeUndefined();
    expect(marks({ database })).toEqual({ 'groundwork/by-hand': 'admin,secret-key' });
  });
  test('serves TLS, and asks Prometheus with its own certificate', () => {
    const { config, ini, objects } = made();
    expect(ini).toContain(`cert_file = ${IDENTITY_FOLDER}/tls.crt`);
    expect(parse(config['datasources.yaml'] as string).datasources[0]).toMatchObject({
      url: 'https://prometheus.town-test.svc.cluster.local:9090',
      editable: false,
      jsonData: { tlsAuth: true, tlsAuthWithCACert: true, serverName: 'prometheus.town-test.svc.cluster.local' },
    });
    expect(objects).toHaveProperty(['NetworkPolicy/prometheus-from-grafana']);
  });
  test('is alone without a database, and two replicas share one', () => {
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
  test('signs people in by a provider, and shows it by a file that the secret is ours', () => {
    const { ini, objects } = made({ signIn, edge });
    expect(ini).toContain('client_secret = $__file{/var/run/groundwork/grafana/oidc}');
    expect(ini).toContain('root_url = https://grafana.example');
    expect(ini).toContain('use_pkce = true');
    expect(JSON.stringify(at(objects['NetworkPolicy/grafana'], 'spec.ingress'))).toContain('ingress-nginx');
  });
  test.each<[string, Partial<SignIn>, string[]]>([
    ['everybody may look', {}, []],
    [
      'a group may administer',
      { admins: 'platform' },
      [
        "role_attribute_path = groups && (contains(groups[*], 'platform') && 'Admin' || 'Viewer')",
        'role_attribute_strict = false',
      ],
    ],
    [
      'a group may look, and nobody else',
      { viewers: 'shop' },
      ["groups && (contains(groups[*], 'shop') && 'Viewer')", 'strict = true'],
    ],
    [
      'each has a group',
      { admins: 'platform', viewers: 'shop' },
      [
        "groups && (contains(groups[*], 'platform') && 'Admin' || contains(groups[*], 'shop') && 'Viewer')",
        'strict = true',
      ],
    ],
  ])('asks a source that knows no groups for no role: %s', (_, groups, lines) => {
    const { admins: _admins, ...anybody } = signIn;
    const { ini } = made({ signIn: { ...anybody, ...groups }, edge });
    for (const line of lines) expect(ini).toContain(line);
    if (lines.length === 0) expect(ini).not.toContain('role_attribute');
  });
  describe.each<[string, Partial<SignIn>, string | undefined]>([
    ['without a group of viewers', {}, 'Viewer'],
    ['with one', { viewers: 'shop' }, undefined],
  ])('by the rule %s', (_, groups, guest) => {
    const rule = /^role_attribute_path = (.*)$/m.exec(
      made({ signIn: { ...signIn, ...groups }, edge }).ini,
    )?.[1] as string;
    test.each<[string, object, string | undefined]>([
      ['a member of the administrators’ group', { groups: ['shop', 'platform'] }, 'Admin'],
      ['a viewer', { groups: ['shop'] }, 'Viewer'],
      ['a member of other groups', { groups: ['guests', 'shoppers'] }, guest],
      ['a member of no group', { groups: [] }, undefined],
      ['an identity token that tells of none', { sub: 'adam' }, undefined],
      ['one group that is no list', { groups: 'platform' }, undefined],
    ])('%s: %j is %s', (_who, claims, role) => {
      let answer: unknown;
      try {
        answer = search(claims, rule);
      } catch {
        // A fault in a rule is no answer to Grafana either.
      }
      expect(typeof answer === 'string' ? answer : undefined).toBe(role);
    });
  });
  test('ends a session within a day where a provider may turn somebody away', () => {
    expect(made({ signIn, edge }).ini).toContain('login_maximum_lifetime_duration = 1d');
    expect(made().ini).not.toContain('login_maximum_lifetime_duration');
  });
  test('trusts the provider’s own authority, and is rolled when that is another', () => {
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
  test('is reached by nobody where it has no door', () => {
    expect(at(made().objects['NetworkPolicy/grafana'], 'spec')).not.toHaveProperty('ingress');
  });
  test('is rolled by another configuration', () => {
    const inputs = (props: Partial<GrafanaProps>) =>
      at(made(props).objects['Deployment/grafana'], 'spec.template.metadata.annotations');
    expect(inputs({})).toEqual(inputs({}));
    expect(inputs({ edge })).not.toEqual(inputs({}));
  });
});

describe('Grafana refuses', () => {
  test.each<[string, Partial<GrafanaProps>, RegExp]>([
    ['a provider that sends people back to nowhere', { signIn }, /there is no way in/],
    ['a door that is not encrypted', { edge: { ...edge, url: 'http://grafana.example' } }, /no https URL/],
    [
      'a provider’s endpoint that is not encrypted',
      { signIn: { ...signIn, tokenUrl: 'http://id.example' }, edge },
      /tokenUrl/,
    ],
    [
      'a group that would end the rule',
      { signIn: { ...signIn, admins: "x') || true" }, edge },
      /has a "'" in it[\s\S]*admins/,
    ],
    [
      'a group of viewers that would be cut off',
      { signIn: { ...signIn, viewers: 'x #1' }, edge },
      /has a "#" in it[\s\S]*viewers/,
    ],
    [
      'the name of a file for an authority',
      { signIn: { ...signIn, authority: 'ca.crt' }, edge },
      /authority[\s\S]*not its name/,
    ],
    [
      'a provider somewhere or other',
      { signIn: { ...signIn, egress: { cidrs: [], ports: [443] } }, edge },
      /takes an empty list for every address/,
    ],
    ['no client', { signIn: { ...signIn, clientId: '' }, edge }, /clientId/],
    ['a database that it can not own', { database: { connect: () => ({}) } }, /connects no owner role/],
  ])('%s', (_, props, message) => {
    expect(() => made(props)).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
  });
});

test('a renewed certificate makes Grafana read its data source again, once, and once more after a failure', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'renewal-'));
  const file = (name: string) => join(folder, name);
  for (const [name, content] of Object.entries({ 'tls.crt': 'old', 'ca.crt': '', admin: 'secret', calls: '' }))
    await writeFile(file(name), content);
  // Fails at its first call; notes what it was told.
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
    expect(await once(loop, 'exit')).toEqual([0, null]); // by itself, and at once
    await rm(folder, { recursive: true });
  }
});
