import type { Graph } from '../../graph/index.ts';
import { errorRatio, P99 } from '../../prometheus/rules/services.ts';
import { type Board, graph, row, single } from './board.ts';

/** The whole system on one page: requests, errors, calls between services, and firing alerts. */
export function overview(system: string, { calls, topics }: Graph): Board {
  const edges = [...new Set(calls.map(({ caller, service }) => `${caller} → ${service}`))];
  return {
    name: 'overview',
    title: `Overview of ${system}`,
    tags: ['overview'],
    rows: [
      row('Now', [
        single('Requests', 'reqps', { all: 'sum(rate(http_requests_total[5m]))' }),
        single(
          'Failed requests',
          'percentunit',
          {
            all: '(sum(rate(http_requests_total{status=~"5.."}[5m])) or vector(0)) / (sum(rate(http_requests_total[5m])) > 0)',
          },
          { limit: 0.001 },
        ),
        single('Firing alerts', 'short', { all: 'count(ALERTS{alertstate="firing"}) or vector(0)' }, { limit: 1 }),
        single('Targets down', 'short', { all: 'count(up == 0) or vector(0)' }, { limit: 1 }),
      ]),
      row('Services', [
        graph('Rate', 'reqps', { '{{service}}': 'sum by (service) (rate(http_requests_total[5m]))' }),
        graph('Errors', 'percentunit', { '{{service}}': errorRatio('5m') }),
        graph('Duration (p99)', 's', { '{{service}}': P99 }),
      ]),
      ...(edges.length > 0
        ? [
            row('Calls between services', [
              graph(
                'Calls',
                'reqps',
                {
                  '{{service}} → {{callee}}': 'sum by (service, callee) (rate(http_client_requests_total[5m]))',
                },
                { description: `Calls in the contracts: ${edges.join(', ')}.` },
              ),
              graph('Failed and refused calls', 'reqps', {
                '{{service}} → {{callee}} {{outcome}}':
                  'sum by (service, callee, outcome) (rate(http_client_requests_total{outcome!="ok"}[5m]))',
              }),
            ]),
          ]
        : []),
      ...(topics.length > 0
        ? [
            row('Events', [
              graph(
                'Published and consumed',
                'ops',
                {
                  '{{service}} publishes {{event}}': 'sum by (service, event) (rate(events_published_total[5m]))',
                  '{{service}} consumes {{event}}': 'sum by (service, event) (rate(events_consumed_total[5m]))',
                },
                {
                  description: `Events in the contracts: ${topics.map(({ publisher, event, consumers }) => `${publisher} → ${event} → ${consumers.join(', ')}`).join('; ')}.`,
                },
              ),
              graph('Consumer lag', 'short', {
                '{{service}} {{event}}': 'sum by (service, event) (events_consumer_lag)',
              }),
            ]),
          ]
        : []),
    ],
  };
}
