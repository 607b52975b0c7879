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
const gateway = contract('gateway', { http: ask('/'), edge: true }) as Contract;
const rules = serviceRules([users, catalog, lab, gateway]);

test('a service without operations has no objective, and so no alert for one', () => {
  expect(JSON.stringify(rules)).not.toContain('nightly-report');
  expect(serviceRules([lab]).alerts.map(({ name }) => name)).not.toContain('SlowAnswers');
});

/** The same service later: requests continue, errors as given. */
const more = (service: string, minutes: number, failing: string, length: number) => ({
  [`http_requests_total{service="${service}",status="200"}`]: `${minutes * 100}+100x${length}`,
  [`http_requests_total{service="${service}",status="500"}`]: failing,
});

/** A service with a hundred requests per minute, of which the given number fail. */
const traffic = (service: string, failing: string, length = 5000) => ({
  [`http_requests_total{service="${service}",status="200"}`]: `0+100x${length}`,
  [`http_requests_total{service="${service}",status="500"}`]: failing,
});
const requests = { 'http_requests_total{service="users",status="200"}': '0+100x70' };
const bucket = (le: string) => `http_request_duration_seconds_bucket{service="users",le="${le}"}`;

testAlerts(rules, {
  ErrorBudgetBurnsFast: [
    {
      when: 'when a fifth of requests fails for an hour, and the threshold of the contract is 14.4 %',
      series: traffic('users', '0+25x200', 200),
      at: '90m',
      ends: { series: { ...more('users', 200, '5000x40', 40) }, at: '215m' },
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
    {
      when: 'after a few errors in a quiet hour',
      series: {
        'http_requests_total{service="users",status="200"}': '0+0.2x200',
        'http_requests_total{service="users",status="500"}': '0x80 1x3 2x117',
      },
      at: '90m',
    },
    {
      when: 'when all requests of a quiet hour fail',
      series: {
        'http_requests_total{service="users",status="200"}': '0x200',
        'http_requests_total{service="users",status="500"}': '0+0.25x200',
      },
      at: '90m',
      fires: [{ labels: { service: 'users' }, summary: 'users: 100% of requests failed within 1h' }],
    },
    { when: 'without requests', series: traffic('users', '0x200', 0), at: '90m' },
  ],
  ErrorBudgetBurns: [
    {
      when: 'when a tenth fails for six hours',
      series: traffic('users', '0+11.11111x500', 500),
      at: '480m',
      ends: { series: { ...more('users', 500, '5555x60', 60) }, at: '550m' },
      fires: [{ labels: { service: 'users' }, summary: 'users: 10% of requests failed within 6h' }],
    },
    {
      when: 'after a few errors in six quiet hours',
      series: {
        'http_requests_total{service="users",status="200"}': '0+0.1x500',
        'http_requests_total{service="users",status="500"}': '0x400 0+0.1x60 6x40',
      },
      at: '470m',
    },
    { when: 'at a rate that three days allow', series: traffic('users', '0+2x500', 500), at: '480m' },
  ],
  ErrorBudgetBurnsSlowly: [
    {
      when: 'when the budget of thirty days would be used up before they end',
      every: '30m', // the shortest of its windows is six hours
      series: traffic('users', '0+2x160', 160),
      at: '75h',
      ends: { series: { ...more('users', 160, '320x40', 40) }, at: '96h' },
      fires: [{ labels: { service: 'users' }, summary: 'users: 1.961% of requests failed within 3d' }],
    },
    {
      when: 'when errors stay within what is allowed',
      every: '30m',
      series: traffic('users', '0+0.5x160', 160),
      at: '75h',
    },
    {
      when: 'after a few errors in three quiet days',
      every: '30m',
      series: {
        'http_requests_total{service="users",status="200"}': '0+1x160',
        'http_requests_total{service="users",status="500"}': '0x140 0+0.4x20',
      },
      at: '75h',
    },
  ],
  SlowAnswers: [
    {
      when: 'when the slowest of a hundred take longer than the SLO',
      series: {
        ...requests,
        [bucket('0.1')]: '0+90x40',
        [bucket('0.25')]: '0+90x40',
        [bucket('0.5')]: '0+100x40',
        [bucket('+Inf')]: '0+100x40',
      },
      at: '30m',
      ends: {
        series: {
          [bucket('0.1')]: '3600+100x30',
          [bucket('0.25')]: '3600+100x30',
          [bucket('0.5')]: '4000+100x30',
          [bucket('+Inf')]: '4000+100x30',
        },
        at: '60m',
      },
      fires: [{ labels: { service: 'users' }, summary: 'users: one request of a hundred takes 475ms or longer' }],
    },
    {
      when: 'when one of few requests is slow',
      series: {
        'http_requests_total{service="users",status="200"}': '0+2x70',
        [bucket('0.1')]: '0+1x40',
        [bucket('0.5')]: '0+2x40',
        [bucket('+Inf')]: '0+2x40',
      },
      at: '30m',
    },
    {
      when: 'when they are within the SLO',
      series: { ...requests, [bucket('0.1')]: '0+100x40', [bucket('+Inf')]: '0+100x40' },
      at: '30m',
    },
  ],
  EdgeUnreachable: [
    {
      when: 'when no pod is there at all',
      series: {},
      at: '5m',
      ends: { series: { 'up{job="gateway",instance="a"}': '_x10 1x20' }, at: '20m' },
      fires: [
        {
          labels: { job: 'gateway' },
          summary: 'No pod of gateway answers, which requests from outside go through',
        },
      ],
    },
    {
      when: 'when one of two answers',
      series: { 'up{job="gateway",instance="a"}': '0x20', 'up{job="gateway",instance="b"}': '1x20' },
      at: '10m',
    },
  ],
  WaitsForConnections: [
    {
      when: 'when requests always wait',
      series: { 'postgres_pool_waiting{service="users"}': '3x30' },
      at: '20m',
      ends: { series: { 'postgres_pool_waiting{service="users"}': '0x10' }, at: '36m' },
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
      ends: {
        series: { 'http_client_requests_total{service="gateway",callee="users",outcome="refused"}': '300x20' },
        at: '45m',
      },
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
      ends: {
        series: {
          'http_requests_refused_total{service="users",caller="catalog",operation="profile",instance="a"}': '2x30',
        },
        at: '30m',
      },
      fires: [
        {
          labels: { service: 'users', caller: 'catalog', operation: 'profile' },
          summary: 'users denied catalog the operation profile',
        },
      ],
    },
    {
      when: 'at the first refusal, with which the counter starts',
      series: {
        'http_requests_refused_total{service="users",caller="catalog",operation="profile",instance="a"}': '_x10 1x40',
      },
      at: '12m',
      ends: { series: {}, at: '40m' },
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
