/** An endpoint with metrics of a workload or system; only the environment's collector may connect, with mutual TLS where possible. */
export interface ScrapeTarget {
  /** Name of the target and value of the label `job`, such as `users` or `kafka`. */
  readonly name: string;
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** TCP port of the pods. */
  readonly port: number;
  /** @default /metrics */
  readonly path?: string;
  /** DNS name in the certificate that the pods serve with. @default none: plain HTTP, for pods of an operator that do not support TLS; only network policies restrict access */
  readonly serverName?: string;
  /** Secret and key of a bearer token that is required in addition to the certificate. @default none */
  readonly token?: { readonly secret: string; readonly key: string };
  /** See `explain`. */
  readonly origin: string;
}

/** Collects the metrics of an environment, such as Prometheus. */
export interface MetricsCollector {
  /** Labels that select its pods in NetworkPolicies. */
  readonly selector: Readonly<Record<string, string>>;
  /** Called once for each target, including targets that were added before the collector. */
  collect(target: ScrapeTarget): void;
}
