import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one process, in Prometheus's text format on the metrics port. */
export interface Metrics {
  readonly registry: Registry;
  /** `http_requests_total` and `http_request_duration_seconds`, by route template, method and status. */
  request(labels: { readonly method: string; readonly route: string; readonly status: number }, seconds: number): void;
  /** `http_requests_refused_total`: who may not use which operation. */
  refused(labels: { readonly caller: string; readonly operation: string }): void;
  /** `http_handshakes_refused_total` by the error's code. */
  handshakeRefused(reason: string): void;
  /** `http_client_requests_total` by called service and outcome. */
  call(service: string, outcome: 'ok' | 'error' | 'refused'): void;
  /** `http_client_retries_total` by called service. */
  retry(service: string): void;
  /** A value that is read when Prometheus asks, such as the size of a pool. */
  gauge(name: string, help: string, read: () => number): void;
  /** A count that only grows, by labels; the same labels at each `add`. */
  counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counted<L>;
}

/** A count by labels. */
export interface Counted<L extends string> {
  /** @param amount how much, from 0. @default 1 */
  add(labels: Readonly<Record<L, string>>, amount?: number): void;
}

/** From half a millisecond to ten seconds: fits both a cached read and a slow log-in. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param service label on every metric */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'];
  const registers = [registry];
  const requests = new Counter({ name: 'http_requests_total', help: 'Requests answered', labelNames, registers });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer',
    buckets: BUCKETS,
    labelNames,
    registers,
  });
  const refused = new Counter({
    name: 'http_requests_refused_total',
    help: 'Requests of callers that may not use the operation',
    labelNames: ['caller', 'operation'],
    registers,
  });
  const handshakes = new Counter({
    name: 'http_handshakes_refused_total',
    help: 'Connections that ended in their TLS handshake',
    labelNames: ['reason'],
    registers,
  });
  const calls = new Counter({
    name: 'http_client_requests_total',
    help: 'Calls to other services, retries included',
    labelNames: ['callee', 'outcome'],
    registers,
  });
  const retries = new Counter({
    name: 'http_client_retries_total',
    help: 'Calls repeated',
    labelNames: ['callee'],
    registers,
  });
  return {
    registry,
    request: (labels, seconds) => {
      requests.inc(labels);
      durations.observe(labels, seconds);
    },
    refused: (labels) => refused.inc(labels),
    handshakeRefused: (reason) => handshakes.inc({ reason }),
    call: (callee, outcome) => calls.inc({ callee, outcome }),
    retry: (callee) => retries.inc({ callee }),
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    counter: (name, help, labels) => {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return { add: (of, amount = 1) => counter.inc(of, amount) };
    },
  };
}
