import { type Contract, Graph } from '@groundwork/constructs';
import { contracts } from '@groundwork/contracts';
import { describe, expect, test } from '@jest/globals';
import { boards } from '../../constructs/grafana/dashboards/index.ts';
import { PROMISED } from '../../constructs/prometheus/promised.ts';
import { defaultRules } from '../../constructs/prometheus/rules/index.ts';
import { asks } from '../support/promql.ts';

const graph = new Graph(contracts as readonly Contract[]);
const everything = [
  'prometheus',
  'alertmanager',
  'kubelet',
  'cert-manager',
  'kafka',
  'cassandra',
  'postgres',
  'postgres-pooler',
  'postgres-instances',
  'consul-server',
  'grafana',
  ...contracts.map(({ name }) => name),
];
const files = defaultRules({ graph, namespace: 'town-test', jobs: everything, mesh: true });
const dashboards = boards('shop', graph, everything);

const expressions = [
  ...files.flatMap(({ name, alerts, recordings = [] }) => [
    ...alerts.map((alert) => ({ where: `${name} › ${alert.name}`, expr: alert.expr })),
    ...recordings.map(({ record, expr }) => ({ where: `${name} › ${record}`, expr })),
  ]),
  ...dashboards.flatMap(({ name, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) =>
        Object.values(queries).map((expr) => ({ where: `${name} › ${title}`, expr })),
      ),
    ),
  ),
];
const promised = new Set(Object.values(PROMISED).flat());

describe('law 10, every metric in use is exported', () => {
  test.each(expressions)('$where is valid PromQL and uses exported metrics only', ({ expr }) => {
    const { metrics, faults } = asks(expr);
    expect(faults).toEqual([]);
    // Only the alert that always fires asks for nothing.
    expect(metrics.length > 0).toBe(expr !== 'vector(1)');
    expect(metrics.filter((name) => !promised.has(name))).toEqual([]);
  });

  test('law: the declared recordings are those that the rules record', () => {
    const recorded = files.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
    expect([...recorded].sort()).toEqual([...(PROMISED.recordings ?? [])].sort());
  });

  test('alert names are unique, and an alert explains existing alerts only', () => {
    const alerts = files.flatMap((file) => file.alerts);
    const names = alerts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(
      alerts.flatMap(({ explains = [] }) => explains.map(({ alert }) => alert)).filter((name) => !names.includes(name)),
    ).toEqual([]);
  });

  test('dashboard names are unique', () => {
    const names = dashboards.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('invalid PromQL is detected', () => {
  expect(asks('sum by (service (rate(http_requests_total[5m]))').faults).not.toEqual([]);
  expect(asks('rate(a_total[5m]) / on (job) b').metrics).toEqual(['a_total', 'b']);
});
