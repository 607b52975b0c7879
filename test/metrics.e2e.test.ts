import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { boards } from '../constructs/grafana/dashboards/index.ts';
import { type Ask, withPortForward } from '../infra/deploy/index.ts';
import { graph } from '../stacks/shop.ts';
import { type Dev, devDown, devUp } from './support/dev.ts';
import { asks } from './support/promql.ts';

/**
 * Metrics that dev does not have, and why; a labeled counter has no series before its first increment.
 */
const ABSENT: Readonly<Record<string, string>> = {
  alertmanager_cluster_members: 'dev has one Alertmanager, which has no peer',
  barman_cloud_cloudnative_pg_io_last_available_backup_timestamp: 'only CloudNativePG has its plugin',
  ALERTS: 'the series exists only while an alert is pending',
  events_dead_lettered_total: 'no event was moved to a dead-letter topic',
  http_client_retries_total: 'no call was retried',
  http_requests_refused_total: 'no caller sent a forbidden request',
  http_handshakes_refused_total: 'every client presented a certificate',
  cassandra_unrepaired_seconds: 'a single node has no copies to repair',
};

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
}

let dev: Dev;
let names: ReadonlySet<string>;
let rules: readonly Rule[];
let jobs: readonly string[];

const prometheus = <T>(work: (ask: Ask) => Promise<T>): Promise<T> =>
  withPortForward(
    dev,
    {
      target: 'svc/prometheus',
      port: 9090,
      serverName: `prometheus.${dev.namespace}.svc.cluster.local`,
      identity: 'prometheus-identity',
    },
    work,
  );

async function get<T>(ask: Ask, path: string): Promise<T> {
  const { status, body } = await ask(path);
  if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
  return (JSON.parse(body) as { data: T }).data;
}

beforeAll(async () => {
  dev = await devUp();
  for (let i = 0; i < 5; i++) await fetch(`${dev.gateway}/products`); // so that calls are counted
  const config = await dev.kubectl.get('configmap', 'prometheus', dev.namespace);
  const scraped = parse((config as unknown as { data: Record<string, string> }).data['prometheus.yml'] as string) as {
    scrape_configs: { job_name: string }[];
  };
  jobs = scraped.scrape_configs.map(({ job_name }) => job_name);
  await prometheus(async (ask) => {
    // Waits until every target was scraped once and every rule was evaluated after that, independent of the interval.
    for (const end = Date.now() + 240_000; Date.now() < end; ) {
      const { activeTargets } = await get<{ activeTargets: { health: string }[] }>(ask, '/api/v1/targets?state=active');
      const { groups } = await get<{ groups: { rules: Rule[] }[] }>(ask, '/api/v1/rules');
      rules = groups.flatMap((group) => group.rules);
      if (
        activeTargets.every(({ health }) => health !== 'unknown') &&
        rules.every(({ health }) => health !== 'unknown')
      )
        break;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    // A recorded series exists once its inputs do, which are checked like those of other rules; an error ratio needs an
    // error first.
    const recorded = rules.map(({ name }) => name).filter((name) => name.includes(':'));
    names = new Set([...(await get<string[]>(ask, '/api/v1/label/__name__/values')), ...recorded]);
  });
}, 30 * 60_000);
afterAll(() => devDown(dev), 120_000);

describe('law 10 in the running shop', () => {
  test('every target is up', async () => {
    const { activeTargets } = await prometheus((ask) =>
      get<{ activeTargets: { labels: object; health: string; lastError: string }[] }>(
        ask,
        '/api/v1/targets?state=active',
      ),
    );
    expect(
      activeTargets.filter(({ health }) => health !== 'up').map(({ labels, lastError }) => ({ labels, lastError })),
    ).toEqual([]);
  });

  test('every rule is evaluated without an error', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  test('every metric in a rule exists', () => {
    const missing = rules.flatMap(({ name, query }) =>
      asks(query)
        .metrics.filter((metric) => !names.has(metric) && !(metric in ABSENT))
        .map((metric) => `${name}: ${metric}`),
    );
    expect(missing).toEqual([]);
  });

  test('every query of every panel succeeds, and every metric in it exists', async () => {
    const queries = boards('shop', graph, jobs).flatMap(({ name, rows }) =>
      rows.flatMap(({ panels }) =>
        panels.flatMap(({ title, queries: of }) =>
          Object.values(of).map((expr) => ({ where: `${name} › ${title}`, expr })),
        ),
      ),
    );
    const faults: string[] = [];
    await prometheus(async (ask) => {
      for (const { where, expr } of queries) {
        const { status, body } = await ask(`/api/v1/query?query=${encodeURIComponent(expr)}`);
        if (status !== 200) faults.push(`${where}: ${body}`);
        for (const metric of asks(expr).metrics)
          if (!names.has(metric) && !(metric in ABSENT)) faults.push(`${where}: no target exports ${metric}`);
      }
    });
    expect(faults).toEqual([]);
  });

  test('metrics declared absent in dev do not exist', () => {
    // All others depend on events.
    expect(names.has('alertmanager_cluster_members')).toBe(false);
  });
});
