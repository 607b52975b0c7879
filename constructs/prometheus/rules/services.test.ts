import { type Contract, contract, Duration, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { testAlerts } from '../../../test/support/alerts.ts';
import { serviceRules } from './services.ts';

const ask = (path: string) => ({ ask: route('GET', path, { reply: { 200: Type.String() } }) });
const slo = { availability: 0.99, latency: { p99: Duration.millis(200) } };
const users = contract('users', { http: ask('/users'), slo }) as Contract;
const catalog = contract('catalog', { http: ask('/products') }) as Contract;
const lab = contract('nightly-report', {}) as Contract;
const rules = serviceRules([users, catalog, lab]);

test('a service without operations has no objective, and so no alert for one', () => {
  expect(JSON.stringify(rules)).not.toContain('nightly-report');
  expect(serviceRules([lab]).alerts.map(({ name }) => name)).not.toContain('SlowAnswers');
});

/** A service with a hundred requests per minute, of which the given number fail. */
const traffic = (service: string, failing: string, length = 5000) => ({
  [`http_requests_total{service="${service}",status="200"}`]: `0+100x${length}`,
  [`http_requests_total{service="${service}",status="500"}`]: failing,
});
const bucket = (le: string) => `http_request_duration_seconds_bucket{service="users",le="${le}"}`;

testAlerts(rules, {
  ErrorBudgetBurnsFast: [
    {
      when: 'when a fifth of requests fails for an hour, and the threshold of the contract is 14.4 %',
      series: traffic('users', '0+25x200', 200),
      at: '90m',
      fires: [{ labels: { service: 'users' }, summary: 'users: 20% of requests failed within 1h' }],
    },
    {
      when: 'by the contract of each: 2 % is too much for an SLO of 99.9 %',
      series: { ...traffic('users', '0+2x200', 200), ...traffic('catalog', '0+2x200', 200) },
      at: '90m',
      fires: [{ labels: { service: 'catalog' }, summary: 'catalog: 1.961% of requests failed within 1h' }],
    },
    {
      when: 'once the errors have ended, although the hour is not over',
      series: traffic('users', '0+25x60 1500x140', 200),
      at: '75m',
    },
    { when: 'without requests', series: traffic('users', '0x200', 0), at: '90m' },
  ],
  ErrorBudgetBurns: [
    {
      when: 'when a tenth fails for six hours',
      series: traffic('users', '0+11.11111x500', 500),
      at: '480m',
      fires: [{ labels: { service: 'users' }, summary: 'users: 10% of requests failed within 6h' }],
    },
    { when: 'at a rate that three days allow', series: traffic('users', '0+2x500', 500), at: '480m' },
  ],
  ErrorBudgetBurnsSlowly: [
    {
      when: 'when the budget of thirty days would be used up before they end',
      every: '30m', // the shortest of its windows is six hours
      series: traffic('users', '0+2x160', 160),
      at: '75h',
      fires: [{ labels: { service: 'users' }, summary: 'users: 1.961% of requests failed within 3d' }],
    },
    {
      when: 'when errors stay within what is allowed',
      every: '30m',
      series: traffic('users', '0+0.5x160', 160),
      at: '75h',
    },
  ],
  SlowAnswers: [
    {
      when: 'when the slowest of a hundred take longer than the SLO',
      series: {
        [bucket('0.1')]: '0+90x40',
        [bucket('0.25')]: '0+90x40',
        [bucket('0.5')]: '0+100x40',
        [bucket('+Inf')]: '0+100x40',
      },
      at: '30m',
      fires: [{ labels: { service: 'users' }, summary: 'users: one request of a hundred takes 475ms or longer' }],
    },
    {
      when: 'when they are within the SLO',
      series: { [bucket('0.1')]: '0+100x40', [bucket('+Inf')]: '0+100x40' },
      at: '30m',
    },
  ],
  WaitsForConnections: [
    {
      when: 'when requests always wait',
      series: { 'postgres_pool_waiting{service="users"}': '3x30' },
      at: '20m',
      fires: [
        {
          labels: { service: 'users' },
          summary: 'users: requests have waited for a database connection for 10 minutes',
        },
      ],
    },
    {
      when: 'when they wait now and then',
      series: { 'postgres_pool_waiting{service="users"}': '3x3 0x1 5x3 0x1 3x3 0x1 3x3 0x1 3x3' },
      at: '18m',
    },
  ],
  CallsRefused: [
    {
      when: 'when a circuit stays open',
      series: { 'http_client_requests_total{service="gateway",callee="users",outcome="refused"}': '0+10x30' },
      at: '20m',
      fires: [{ labels: { service: 'gateway', callee: 'users' }, summary: 'gateway has stopped calling users' }],
    },
    {
      when: 'when calls fail one by one',
      series: { 'http_client_requests_total{service="gateway",callee="users",outcome="error"}': '0+10x30' },
      at: '20m',
    },
  ],
  CallersRefused: [
    {
      when: 'when an identity calls an operation that it may not call',
      series: {
        'http_requests_refused_total{service="users",caller="catalog",operation="profile",instance="a"}': '0x5 2x10',
      },
      at: '8m',
      fires: [
        {
          labels: { service: 'users', caller: 'catalog', operation: 'profile' },
          summary: 'users denied catalog the operation profile',
        },
      ],
    },
    {
      when: 'later on',
      series: {
        'http_requests_refused_total{service="users",caller="catalog",operation="profile",instance="a"}': '2x40',
      },
      at: '30m',
    },
  ],
});

test('a contract without slo has the default SLO', () => {
  const expr = (name: string) => rules.alerts.find((alert) => alert.name === name)?.expr;
  expect(expr('ErrorBudgetBurnsFast')).toContain('{service="catalog"} > 0.0144');
  expect(expr('SlowAnswers')).toContain('{service="catalog"} > 0.5');
});
