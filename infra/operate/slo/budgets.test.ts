import { expect, test } from '@jest/globals';
import { errorRatio, WINDOWS } from '../../../constructs/prometheus/rules/services.ts';
import { asks } from '../../../test/support/promql.ts';
import { budgetTable } from '../../cli/slo.ts';
import type { Ask } from '../../deploy/index.ts';
import { errorBudgets, QUERIES } from './budgets.ts';

/** Prometheus with these values by query; a value by service, or one without labels. */
const prometheus =
  (values: Readonly<Record<string, Readonly<Record<string, number>> | number>>): Ask =>
  async (path) => {
    const expr = new URL(path, 'http://prometheus').searchParams.get('query') ?? '';
    const found = values[expr] ?? {};
    const named = typeof found === 'number' ? { '': found } : found;
    const result = Object.entries(named).map(([service, value]) => ({
      metric: service === '' ? {} : { service },
      value: [0, `${value}`],
    }));
    return { status: 200, body: JSON.stringify({ data: { result } }) };
  };

const users = { service: 'users', availability: 0.99, edge: false };
const gateway = { service: 'gateway', availability: 0.999, edge: true };

test('a budget is what the objective allows to fail; burn rates compare with it', async () => {
  const ask = prometheus({
    [QUERIES.requests]: { users: 10_000 },
    [QUERIES.errors]: { users: 25 },
    [QUERIES.burn('1h')]: { users: 0.144 },
    [QUERIES.age]: 86_400,
  });
  const { budgets, seconds } = await errorBudgets(ask, [users]);
  expect(seconds).toBe(86_400);
  expect(budgets).toHaveLength(1);
  expect(budgets[0]?.measured).toBeCloseTo(0.9975);
  expect(budgets[0]?.left).toBeCloseTo(0.75);
  expect(budgets[0]?.burns['1h']).toBeCloseTo(14.4);
  expect(budgetTable(budgets, seconds).join('\n')).toMatch(
    /users +requests +99.000 % +10000 +99.750 % +75 % +– +– +14.4/,
  );
});

test('without requests nothing is measured, which is no failure', async () => {
  const { budgets, seconds } = await errorBudgets(prometheus({}), [users]);
  expect(budgets[0]).toMatchObject({ requests: 0, measured: undefined, left: undefined });
  expect(budgetTable(budgets, seconds).join('\n')).toContain('an unknown time');
});

test('the edge has a second budget: the time in which no pod answered', async () => {
  const ask = prometheus({
    [QUERIES.requests]: { gateway: 1000 },
    [QUERIES.reachable('gateway', '30d')]: 0.998,
  });
  const { budgets } = await errorBudgets(ask, [gateway]);
  expect(budgets.map(({ of }) => of)).toEqual(['requests', 'reachable']);
  expect(budgets[0]?.left).toBe(1);
  expect(budgets[1]?.left).toBeCloseTo(-1);
});

test('a Prometheus that does not answer is reported', () =>
  expect(errorBudgets(async () => ({ status: 503, body: 'starting' }), [users])).rejects.toMatchObject({
    code: 'query-failed',
    problem: 'status 503: starting',
  }));

test('the queries are valid, and name what rules record', () => {
  const all = [QUERIES.requests, QUERIES.errors, QUERIES.age, QUERIES.reachable('gateway', '1h')];
  for (const expr of all) expect(asks(expr).faults).toEqual([]);
  expect(WINDOWS.map((window) => QUERIES.burn(window))).toEqual(WINDOWS.map(errorRatio));
});
