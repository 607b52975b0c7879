import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Contract, contract, route } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { parse } from 'yaml';
import { run } from '../../test/support/promtool.ts';
import { at, objectsOf } from '../../test/support/system.ts';
import { watched } from '../../test/support/watched.ts';
import { alert, Duration, type PrometheusProps, type Receiver, Size } from '../index.ts';

const kafka = { name: 'kafka', selector: { app: 'kafka' }, port: 9404, serverName: 'kafka.town', origin: 'kafka' };
const ours = { name: 'bakery', alerts: [] };
const noLoaves = alert({
  name: 'NoLoaves',
  expr: 'loaves == 0',
  severity: 'page',
  summary: 'no loaves',
  description: 'none is baked',
  runbook: 'see the oven',
});
const users = contract('users', { http: { look: route('GET', '/look', { reply: { 200: Type.Null() } }) } });
const egress = [{ cidrs: ['203.0.113.0/24'], ports: [443] }];

interface Job {
  readonly job_name: string;
  readonly scheme?: string;
  readonly tls_config?: object;
  readonly authorization?: object;
  readonly kubernetes_sd_configs?: object;
  readonly dns_sd_configs?: object;
}

function configOf(props: Partial<PrometheusProps> = {}, target: object = {}) {
  const { app, platform } = watched(props, [users as Contract]);
  platform.addScrapeTarget({ ...kafka, ...target });
  const objects = objectsOf(app);
  const textOf = (id: string, file: string) => (at(objects[id], 'data') as Record<string, string>)[file] as string;
  const config = parse(textOf('ConfigMap/prometheus', 'prometheus.yml')) as {
    scrape_configs: Job[];
    alerting: object;
    remote_write?: object[];
    global: object;
  };
  return { objects, textOf, config, jobs: Object.fromEntries(config.scrape_configs.map((job) => [job.job_name, job])) };
}

describe('a target', () => {
  test('that is added after Prometheus is scraped too, over mutual TLS, at addresses from DNS', () => {
    const { jobs, objects } = configOf();
    expect(jobs.kafka).toEqual({
      job_name: 'kafka',
      scheme: 'https',
      tls_config: {
        ca_file: '/var/run/groundwork/identity/ca.crt',
        cert_file: '/var/run/groundwork/identity/tls.crt',
        key_file: '/var/run/groundwork/identity/tls.key',
        server_name: 'kafka.town',
      },
      dns_sd_configs: [
        { names: ['metrics-kafka.town-test.svc.cluster.local'], type: 'A', port: 9404, refresh_interval: '15s' },
      ],
    });
    expect(at(objects['Service/metrics-kafka'], 'spec')).toMatchObject({
      clusterIP: 'None',
      selector: { app: 'kafka' },
    });
  });
  test('has two network policies, and no others', () => {
    const { objects } = configOf();
    expect(at(objects['NetworkPolicy/prometheus-to-kafka'], 'spec.egress')).toEqual([
      { to: [{ podSelector: { matchLabels: { app: 'kafka' } } }], ports: [{ protocol: 'TCP', port: 9404 }] },
    ]);
    expect(objects).toHaveProperty(['NetworkPolicy/metrics-of-kafka']);
  });
  test('that requires a token receives it, from a file', () => {
    const { jobs, objects } = configOf({}, { token: { secret: 'kafka-metrics', key: 'value' } });
    expect(jobs.kafka?.authorization).toEqual({ credentials_file: '/var/run/groundwork/scrape/kafka/token' });
    expect(at(objects['StatefulSet/prometheus'], 'spec.template.spec.volumes')).toContainEqual({
      name: 'scrape-kafka',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'kafka-metrics', items: [{ key: 'value', path: 'token' }] } }],
      },
    });
  });
  test('at a path with a query string has the query as separate parameters', () => {
    expect(configOf({}, { path: '/v1/agent/metrics?format=prometheus' }).jobs.kafka).toMatchObject({
      metrics_path: '/v1/agent/metrics',
      params: { format: ['prometheus'] },
    });
  });
  test('changes the configuration, which is reloaded, and not the pods', () => {
    const made = [{}, { port: 9405 }].map((target) => configOf({}, target).objects);
    const [config, other] = made.map((objects) => at(objects['ConfigMap/prometheus'], 'data'));
    const [pods, same] = made.map((objects) => at(objects['StatefulSet/prometheus'], 'spec.template'));
    expect(other).not.toEqual(config);
    expect(same).toEqual(pods);
  });
});

describe('the rules', () => {
  // Each subject's rules are in a file of its name, so the folder says which subjects there are.
  const subjects = readdirSync(join(import.meta.dirname, 'rules'))
    .filter((file) => !/^(index|rule)\.ts$|\.test\.ts$/.test(file))
    .map((file) => file.replace('.ts', ''));

  test.each(subjects)(
    "law: no other rule file may have the name '%s', since it would replace that of the platform",
    (name) => {
      expect(() => watched({ rules: [{ name, alerts: [] }] }, [contract('users', {}) as Contract])).toThrow(
        `the name of a rule file must not be that of a file of the platform, got '${name}'`,
      );
    },
  );

  test('law: Alertmanager inhibits what each alert explains, also for targets that are added later', () => {
    const { textOf } = configOf();
    for (const name of ['PostgresDown', 'TargetMissing', 'KafkaOfflinePartitions'])
      expect(textOf('ConfigMap/alertmanager', 'alertmanager.yml')).toContain(`alertname=\\"${name}\\"`);
  });

  test('are those of existing targets', () => {
    const files = (props: Partial<PrometheusProps>) =>
      Object.keys(at(configOf(props).objects['ConfigMap/prometheus-rules'], 'data') as object);
    expect(files({})).toEqual(expect.arrayContaining(['targets.yml', 'pods.yml', 'certificates.yml', 'events.yml']));
    expect(files({})).not.toContain('postgres.yml');
    const rules = ['kafka', 'absent'].map((of) => ({ name: `about-${of}`, of, alerts: [] }));
    expect(files({ rules })).toContain('about-kafka.yml');
    expect(files({ rules })).not.toContain('about-absent.yml');
    expect(files({ cluster: 'none', certManager: 'none' })).not.toEqual(expect.arrayContaining(['pods.yml']));
  });
});

describe('kubelets and API server', () => {
  test('are discovered with a ClusterRole that may only read metrics and list nodes', () => {
    const { objects, jobs } = configOf();
    expect(at(objects['ClusterRole/town-test-prometheus'], 'rules')).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
    expect(jobs.kubelet?.kubernetes_sd_configs).toEqual([{ role: 'node' }]);
  });
  test('are scraped at the listed addresses, without permissions for discovery', () => {
    const { objects, jobs } = configOf({ cluster: { kubelets: ['10.0.0.4'] } });
    expect(jobs.kubelet).toMatchObject({ static_configs: [{ targets: ['10.0.0.4:10250'] }] });
    expect(JSON.stringify(at(objects['ClusterRole/town-test-prometheus'], 'rules'))).not.toContain('watch');
    expect(objects).not.toHaveProperty(['Role/town-test-prometheus']);
  });
  test('are not scraped on a shared cluster, and Prometheus then has no token', () => {
    const { objects, jobs } = configOf({ cluster: 'none' });
    expect(Object.keys(jobs)).not.toContain('kubelet');
    expect(Object.keys(objects).filter((id) => id.includes('Role'))).toEqual([]);
    expect(at(objects['StatefulSet/prometheus'], 'spec.template.spec.automountServiceAccountToken')).toBe(false);
  });
});

describe('in production', () => {
  const { objects, config } = configOf();
  test('a pair scrapes the same targets, and three Alertmanagers deduplicate its alerts', () => {
    expect(at(objects['StatefulSet/prometheus'], 'spec.replicas')).toBe(2);
    expect(at(objects['StatefulSet/alertmanager'], 'spec.replicas')).toBe(3);
    expect(config.global).toMatchObject({
      external_labels: { environment: 'test', system: 'town', replica: `\${POD_NAME}` },
    });
    expect(config.alerting).toMatchObject({ alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }] });
    expect(at(config.alerting, 'alertmanagers.0.static_configs.0.targets')).toHaveLength(3);
  });
  test('the Alertmanagers form a mesh over mutual TLS', () => {
    const args = at(objects['StatefulSet/alertmanager'], 'spec.template.spec.containers.0.args') as string[];
    expect(args.filter((arg) => arg.startsWith('--cluster.peer='))).toHaveLength(3);
    expect(args).toContain('--cluster.tls-config=/etc/alertmanager/config/cluster.yml');
  });
});

test('a pair survives the loss of a node, and an environment that requires it of a single one is rejected', () => {
  const requirements = { prometheus: { guarantees: ['survives-node-loss' as const] } };
  expect(() => watched({}, [], { requirements })).not.toThrow();
  expect(() => watched({ replicas: 'single' }, [], { requirements })).toThrow(/'survives-node-loss' is required/);
});

test('a single one has one Alertmanager, which opens no mesh port', () => {
  const { objects } = configOf({ replicas: 'single' });
  expect(at(objects['StatefulSet/prometheus'], 'spec.replicas')).toBe(1);
  expect(at(objects['StatefulSet/alertmanager'], 'spec.template.spec.containers.0.args')).toContain(
    '--cluster.listen-address=',
  );
  expect(JSON.stringify(at(objects['NetworkPolicy/alertmanager'], 'spec'))).not.toContain('9094');
});

test('only clients that need it may connect, by identity and by network policy', () => {
  const { app, prometheus } = watched();
  const { url } = prometheus.grantRead('grafana', 'grafana');
  const objects = objectsOf(app);
  expect(url).toBe('https://prometheus.town-test.svc.cluster.local:9090');
  expect(
    parse((at(objects['ConfigMap/prometheus'], 'data') as Record<string, string>)['web.yml'] as string),
  ).toMatchObject({
    tls_server_config: {
      client_auth_type: 'RequireAndVerifyClientCert',
      client_allowed_sans: [
        'spiffe://test.town/ns/town-test/sa/prometheus',
        'spiffe://test.town/ns/town-test/sa/grafana',
      ],
    },
  });
  expect(objects).toHaveProperty(['NetworkPolicy/prometheus-from-grafana']);
});

const receivers: Record<string, Receiver> = {
  webhook: { kind: 'webhook', name: 'on-call', url: 'https://example.com/hook' },
  open: { kind: 'webhook', name: 'open', url: 'https://example.com/open', authenticated: false },
  email: {
    kind: 'email',
    name: 'team',
    to: 'team@example.com',
    from: 'shop@example.com',
    server: 'smtp.example.com:587',
    user: 'shop',
  },
  slack: { kind: 'slack', name: 'channel', channel: '#shop' },
  pagerduty: { kind: 'pagerduty', name: 'pager' },
};

describe('receivers', () => {
  const { objects, textOf } = configOf({
    alerting: {
      page: [receivers.pagerduty as Receiver],
      ticket: Object.values(receivers),
      deadMansSwitch: { kind: 'webhook', name: 'switch', url: 'https://example.com/switch' },
      egress,
    },
  });
  const text = textOf('ConfigMap/alertmanager', 'alertmanager.yml');

  test('have their secrets as deploy-time secrets, whole, in files', () => {
    expect(at(objects['Secret/alertmanager-receivers'], 'stringData')).toEqual({
      'on-call': '<<secret:given:alertmanager/on-call>>',
      team: '<<secret:given:alertmanager/team>>',
      channel: '<<secret:given:alertmanager/channel>>',
      pager: '<<secret:given:alertmanager/pager>>',
      switch: '<<secret:given:alertmanager/switch>>',
    });
    expect(text).toContain('/var/run/groundwork/receivers/pager');
  });
  test('are notified by severity, but not of alerts that a firing alert explains', async () => {
    const config = parse(text) as {
      route: { routes: { receiver: string; matchers: string[] }[] };
      inhibit_rules: object[];
    };
    expect(
      config.route.routes.filter(({ matchers }) => matchers[0] === 'severity="page"').map(({ receiver }) => receiver),
    ).toEqual(['pager']);
    expect(config.inhibit_rules).toContainEqual({
      source_matchers: ['alertname="ErrorBudgetBurnsFast"'],
      target_matchers: ['alertname="ErrorBudgetBurnsSlowly"'],
      equal: ['service'],
    });
  });
  test("include the dead man's switch, which gets the Watchdog every minute, and no other alert", () => {
    const { route } = parse(text) as { route: { routes: { receiver: string }[] } };
    expect(route.routes.filter(({ receiver }) => receiver === 'switch')).toEqual([
      {
        receiver: 'switch',
        matchers: ['alertname="Watchdog"'],
        group_wait: '0s',
        group_interval: '1m',
        repeat_interval: '1m',
      },
    ]);
  });
  test('are reached at the listed networks', () => {
    expect(at(objects['NetworkPolicy/alertmanager'], 'spec.egress')).toContainEqual({
      to: [{ ipBlock: { cidr: '203.0.113.0/24' } }],
      ports: [{ protocol: 'TCP', port: 443 }],
    });
  });
  test('result in a configuration that Alertmanager accepts', async () => {
    expect(await run('amtool', ['check-config', 'alertmanager.yml'], { 'alertmanager.yml': text })).toMatchObject({
      ok: true,
    });
  }, 120_000);
});

const store = { name: 'mimir', url: 'https://mimir.example/push', egress: egress[0] as (typeof egress)[number] };

test('samples are sent to remote stores with credentials from deploy-time secrets, in files', () => {
  const { config, objects } = configOf({ remoteWrite: [store, { ...store, name: 'second', user: 'shop' }] });
  expect(config.remote_write).toEqual([
    {
      name: 'mimir',
      url: 'https://mimir.example/push',
      authorization: { credentials_file: '/var/run/groundwork/remote-write/mimir' },
    },
    {
      name: 'second',
      url: 'https://mimir.example/push',
      basic_auth: { username: 'shop', password_file: '/var/run/groundwork/remote-write/second' },
    },
  ]);
  expect(at(objects['Secret/prometheus-remote-write'], 'stringData')).toHaveProperty(
    'mimir',
    '<<secret:given:prometheus/mimir>>',
  );
});

test('its configuration is valid for Prometheus 2.42', async () => {
  // Debian's promtool has no kubernetes_sd_configs, so with listed kubelets.
  const { textOf } = configOf({ cluster: { kubelets: ['10.0.0.4'] }, remoteWrite: [store] });
  const files = { 'prometheus.yml': textOf('ConfigMap/prometheus', 'prometheus.yml') };
  expect(await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], files)).toMatchObject({
    ok: true,
  });
}, 120_000);

describe('Prometheus rejects', () => {
  test.each<[string, Partial<PrometheusProps>, RegExp]>([
    ['a retention of zero', { retention: Duration.seconds(0) }, /at least 2h.*got 0ms/],
    [
      'a volume that is too small for the retention, with the estimate',
      { storage: Size.gibibytes(2) },
      /30000 series every 30s for 15d need about 2472Mi.*Size\.gibibytes\(4\)/s,
    ],
    ['half a series', { activeSeries: 1000.5 }, /activeSeries/],
    [
      'an interval at which one lost scrape ends a series',
      { scrapeInterval: Duration.minutes(5) },
      /must be from 1s to 2m/,
    ],
    [
      'memory that it does not start with',
      { resources: { cpu: { amount: '1' } as never, memory: Size.mebibytes(8) } },
      /resources › memory/,
    ],
    ['receivers without egress', { alerting: { page: [receivers.pagerduty as Receiver] } }, /no egress to them/],
    [
      'egress to everywhere',
      { alerting: { egress: [{ cidrs: [], ports: [443] }] } },
      /list of networks must not be empty/,
    ],
    [
      'an SMTP server without a port',
      { alerting: { page: [{ ...receivers.email, server: 'smtp' } as Receiver], egress } },
      /must be 'host:port', got 'smtp'/,
    ],
    [
      'two receivers with one name',
      { alerting: { page: [receivers.open as Receiver, { kind: 'pagerduty', name: 'open' }], egress } },
      /two different receivers/,
    ],
    [
      'credentials over plain HTTP',
      { remoteWrite: [{ ...store, url: 'http://mimir.example' }] },
      /must be an https URL/,
    ],
    ['two stores with one name', { remoteWrite: [store, store] }, /two stores have the name 'mimir'/],
    ['a kubelet that is not an address', { cluster: { kubelets: ['node-1'] } }, /an IPv4 address, got 'node-1'/],
    ['no kubelet', { cluster: { kubelets: [] } }, /list of addresses must not be empty/],
    [
      'a rule file with a reserved name',
      { rules: [{ name: 'pods', alerts: [] }] },
      /must not be that of a file of the platform, got 'pods'/,
    ],
    [
      'an alert with the name of another',
      { rules: [{ name: 'bakery', alerts: [{ ...noLoaves, name: 'TargetDown' }] }] },
      /the alert 'TargetDown' is also in the file 'targets'/,
    ],
    [
      'a receiver of the reserved name',
      { alerting: { page: [{ ...(receivers.webhook as Receiver), name: 'none' }], egress } },
      /receiver 'none'/,
    ],
    ['two rule files with one name', { rules: [ours, ours] }, /must be unique, got 'bakery'/],
    [
      'a rule file whose name is not a DNS label',
      { rules: [{ name: '../x', alerts: [] }] },
      /must be a DNS label, got '..\/x'/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => watched(props)).toThrow(message);
  });
});
