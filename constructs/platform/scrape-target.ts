/** Where a workload or system shows its metrics: to the environment's collector only, over mutual TLS where it can. */
export interface ScrapeTarget {
  /** Such as `users` or `kafka`; label `job` of its metrics. */
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  /** TCP port of the pods. */
  readonly port: number;
  /** @default /metrics */
  readonly path?: string;
  /** DNS name in the certificate that the pods serve with. @default none: an operator's pods, which know no TLS there; the network alone keeps others out */
  readonly serverName?: string;
  /** Secret and key of a bearer token that it asks for besides the certificate. @default none */
  readonly token?: { readonly secret: string; readonly key: string };
  /** See `explain`. */
  readonly origin: string;
}

/** What collects metrics in an environment, such as Prometheus. */
export interface MetricsCollector {
  /** Selects its pods, for the NetworkPolicies that let it in. */
  readonly selector: Readonly<Record<string, string>>;
  /** Called once for each target, whether it was there before the collector or came after. */
  collect(target: ScrapeTarget): void;
}
