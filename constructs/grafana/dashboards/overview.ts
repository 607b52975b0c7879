import type { Graph } from '../../graph/index.ts';
import { errorRatio, P99 } from '../../prometheus/rules/services.ts';
import type { Board } from './board.ts';

/** The whole system on one page: requests, errors, calls between services, and firing alerts. */
export function overview(system: string, { calls, topics }: Graph): Board {
  const edges = [...new Set(calls.map(({ caller, service }) => `${caller} → ${service}`))];
  return {
    name: 'overview',
    title: `Overview of ${system}`,
    tags: ['overview'],
    rows: [
      {
        title: 'Now',
        panels: [
          { title: 'Requests', unit: 'reqps', single: true, queries: { all: 'sum(rate(http_requests_total[5m]))' } },
          {
            title: 'Failed requests',
            unit: 'percentunit',
            single: true,
            queries: {
              all: '(sum(rate(http_requests_total{status=~"5.."}[5m])) or vector(0)) / (sum(rate(http_requests_total[5m])) > 0)',
            },
            limit: 0.001,
          },
          {
            title: 'Firing alerts',
            unit: 'short',
            single: true,
            queries: { all: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
            limit: 1,
          },
          {
            title: 'Targets down',
            unit: 'short',
            single: true,
            queries: { all: 'count(up == 0) or vector(0)' },
            limit: 1,
          },
        ],
      },
      {
        title: 'Services',
        panels: [
          {
            title: 'Rate',
            unit: 'reqps',
            queries: { '{{service}}': 'sum by (service) (rate(http_requests_total[5m]))' },
          },
          { title: 'Errors', unit: 'percentunit', queries: { '{{service}}': errorRatio('5m') } },
          { title: 'Duration (p99)', unit: 's', queries: { '{{service}}': P99 } },
        ],
      },
      ...(edges.length > 0
        ? [
            {
              title: 'Calls between services',
              panels: [
                {
                  title: 'Calls',
                  description: `Calls in the contracts: ${edges.join(', ')}.`,
                  unit: 'reqps' as const,
                  queries: {
                    '{{service}} → {{callee}}': 'sum by (service, callee) (rate(http_client_requests_total[5m]))',
                  },
                },
                {
                  title: 'Failed and refused calls',
                  unit: 'reqps' as const,
                  queries: {
                    '{{service}} → {{callee}} {{outcome}}':
                      'sum by (service, callee, outcome) (rate(http_client_requests_total{outcome!="ok"}[5m]))',
                  },
                },
              ],
            },
          ]
        : []),
      ...(topics.length > 0
        ? [
            {
              title: 'Events',
              panels: [
                {
                  title: 'Published and consumed',
                  description: `Events in the contracts: ${topics.map(({ publisher, event, consumers }) => `${publisher} → ${event} → ${consumers.join(', ')}`).join('; ')}.`,
                  unit: 'ops' as const,
                  queries: {
                    '{{service}} publishes {{event}}': 'sum by (service, event) (rate(events_published_total[5m]))',
                    '{{service}} consumes {{event}}': 'sum by (service, event) (rate(events_consumed_total[5m]))',
                  },
                },
                {
                  title: 'Consumer lag',
                  unit: 'short' as const,
                  queries: { '{{service}} {{event}}': 'sum by (service, event) (events_consumer_lag)' },
                },
              ],
            },
          ]
        : []),
    ],
  };
}
