import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one process, served in Prometheus's text format on the metrics port. */
export interface Metrics {
  /** Registry of prom-client, for other kinds of metrics. */
  readonly registry: Registry;
  /** Counts `http_requests_total` and observes `http_request_duration_seconds`, by route template, method and status. */
  request(labels: { readonly method: string; readonly route: string; readonly status: number }, seconds: number): void;
  /** Counts `http_requests_refused_total`: requests of callers that are not allowed to use the operation. */
  refused(labels: { readonly caller: string; readonly operation: string }): void;
  /** Counts `http_handshakes_refused_total`. @param reason code of the error */
  handshakeRefused(reason: string): void;
  /** Counts `http_client_requests_total`, by callee and outcome. */
  call(service: string, outcome: 'ok' | 'error' | 'refused'): void;
  /** Counts `http_client_retries_total`, by callee. */
  retry(service: string): void;
  /** Adds a gauge that is read at each scrape, such as the size of a pool. */
  gauge(name: string, help: string, read: () => number): void;
  /** Adds a counter. Each `add` must use the same label names. */
  counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counted<L>;
}

/** A counter with labels. */
export interface Counted<L extends string> {
  /** Increments the counter. @param amount at least 0, default 1 */
  add(labels: Readonly<Record<L, string>>, amount?: number): void;
}

/** Seconds, from 0.5 ms to 10 s: for a cached read as well as a slow log-in. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Creates the metrics of a process, with those of Node.js. @param service label on every metric */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'];
  const registers = [registry];
  const requests = new Counter({ name: 'http_requests_total', help: 'Requests served', labelNames, registers });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to serve a request',
    buckets: BUCKETS,
    labelNames,
    registers,
  });
  const refused = new Counter({
    name: 'http_requests_refused_total',
    help: 'Requests of callers that are not allowed to use the operation',
    labelNames: ['caller', 'operation'],
    registers,
  });
  const handshakes = new Counter({
    name: 'http_handshakes_refused_total',
    help: 'Connections that failed in the TLS handshake',
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
    help: 'Calls retried',
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
