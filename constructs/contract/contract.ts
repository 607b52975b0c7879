import type { TObject } from 'typebox';
import { Check } from 'typebox/value';
import { ConfigurationError } from './configuration-error.ts';
import type { Duration } from './duration.ts';
import type { Event } from './event.ts';
import { dnsLabel } from './names.ts';
import type { Need } from './needs.ts';
import { type Operation, pathParams, type Route } from './route.ts';

/** Service level objective over 30 days; the dashboards and burn-rate alerts of a service follow from it. */
export interface ServiceLevel {
  /** Share of requests answered without a server error, such as 0.999. */
  readonly availability: number;
  /** Latency of the 99th percentile. */
  readonly latency: { readonly p99: Duration };
}

/** Declaration of a service; its manifests, clients and policies are derived from it. */
export interface ContractSpec<
  H extends Record<string, Route> = Record<string, Route>,
  C extends readonly Operation[] = readonly Operation[],
  P extends readonly Event[] = readonly Event[],
  R extends readonly Event[] = readonly Event[],
> {
  /** HTTP operations that the service serves, by name. @default none */
  readonly http?: H;
  /** Resources that only this service reads and writes, such as a database. @default nothing */
  readonly owns?: readonly Need[];
  /** Events that only this service publishes. @default none */
  readonly publishes?: P;
  /** Events of other services that it consumes. @default none */
  readonly consumes?: R;
  /** Operations of other services that it calls; network policies and authorization deny all others. @default none */
  readonly calls?: C;
  /** Reachable from outside the cluster. Only the API gateway should be. @default false */
  readonly edge?: boolean;
  /** @default availability 0.999, p99 500 ms */
  readonly slo?: ServiceLevel;
}

/** A contract with all defaults filled in, and operations that know their owner and name. */
export interface Contract<
  H extends Record<string, Route> = Record<string, Route>,
  C extends readonly Operation[] = readonly Operation[],
  P extends readonly Event[] = readonly Event[],
  R extends readonly Event[] = readonly Event[],
> {
  /** Distinguishes a contract from a route, an event and a need. */
  readonly kind: 'contract';
  /** Name of the service, a DNS label. */
  readonly name: string;
  /** Operations that the service serves, by name. */
  readonly http: { readonly [K in keyof H]: Operation<H[K]> };
  /** Resources that only this service reads and writes. */
  readonly owns: readonly Need[];
  /** Events that only this service publishes. */
  readonly publishes: P;
  /** Events of other services that it consumes. */
  readonly consumes: R;
  /** Operations of other services that it calls. */
  readonly calls: C;
  /** Whether it is reachable from outside the cluster. */
  readonly edge: boolean;
  /** Objective of its alerts. @default availability 0.999, p99 500 ms */
  readonly slo?: ServiceLevel;
}

/**
 * Declares what a service serves, owns, publishes, consumes and calls. Importing a contract has no effects.
 * @throws ConfigurationError if the contract itself is invalid; `Graph` validates contracts against each other.
 */
export function contract<
  const H extends Record<string, Route> = Record<never, Route>,
  const C extends readonly Operation[] = readonly [],
  const P extends readonly Event[] = readonly [],
  const R extends readonly Event[] = readonly [],
>(name: string, spec: ContractSpec<H, C, P, R>): Contract<H, C, P, R> {
  const at = `contract '${name}'`;
  dnsLabel(name, `${at} › name`);
  const http = Object.fromEntries(
    Object.entries(spec.http ?? {}).map(([key, route]) => [key, { ...route, service: name, name: key }]),
  );
  checkHoles(at, spec);
  checkRoutes(at, Object.values(http));
  checkLevel(at, spec.slo);
  return {
    kind: 'contract',
    name,
    http: http as Contract<H, C>['http'],
    owns: spec.owns ?? [],
    publishes: spec.publishes ?? ([] as readonly Event[] as P),
    consumes: spec.consumes ?? ([] as readonly Event[] as R),
    calls: spec.calls ?? ([] as readonly Operation[] as C),
    edge: spec.edge ?? false,
    ...(spec.slo === undefined ? {} : { slo: spec.slo }),
  };
}

/** With circular imports, an imported value can be undefined at this point although its type says otherwise. */
function checkHoles(at: string, spec: ContractSpec): void {
  for (const field of ['owns', 'publishes', 'consumes', 'calls'] as const) {
    const members: readonly unknown[] = spec[field] ?? [];
    const hole = members.indexOf(undefined);
    if (hole < 0) continue;
    throw new ConfigurationError({
      code: 'contract-invalid',
      where: `${at} › ${field}[${hole}]`,
      problem: 'the value is undefined',
      fix: 'correct the name, or remove the circular import between the two files',
    });
  }
}

function checkRoutes(at: string, operations: readonly Operation[]): void {
  const seen = new Map<string, string>();
  for (const operation of operations) {
    const { name, method, path, spec } = operation;
    const where = `${at} › http.${name}`;
    if (!/^\/([A-Za-z0-9._~-]+|:[A-Za-z0-9_]+)?(\/([A-Za-z0-9._~-]+|:[A-Za-z0-9_]+))*$/.test(path)) {
      throw new ConfigurationError({
        code: 'path-invalid',
        where: `${where} › path`,
        problem: `path must start with '/' and have no trailing slash or query, got '${path}'`,
        fix: "write it like '/products/:id'",
      });
    }
    // Two routes that differ only in the name of a parameter match the same requests.
    const shape = `${method} ${path.replace(/:[A-Za-z0-9_]+/g, ':')}`;
    const duplicate = seen.get(shape);
    if (duplicate !== undefined)
      throw new ConfigurationError({
        code: 'route-duplicate',
        where,
        problem: `${method} ${path} is also served by http.${duplicate}`,
        fix: 'remove one of the two, or change its path',
      });
    seen.set(shape, name);
    const declared = Object.keys((spec.params as TObject | undefined)?.properties ?? {}).sort();
    const used = pathParams(path).sort();
    if (declared.join() !== used.join()) {
      throw new ConfigurationError({
        code: 'path-invalid',
        where: `${where} › params`,
        problem: `the path has parameters [${used}], the schema has [${declared}]`,
        fix: 'use the same parameter names in both',
      });
    }
    if (!Object.keys(spec.reply).some((status) => Number(status) >= 200 && Number(status) < 400)) {
      throw new ConfigurationError({
        code: 'reply-missing',
        where: `${where} › reply`,
        problem: `at least one reply must have a status below 400, got [${Object.keys(spec.reply)}]`,
        fix: 'add the reply of a successful request, such as { 200: Product }',
      });
    }
    if (spec.body !== undefined && (method === 'GET' || method === 'DELETE')) {
      throw new ConfigurationError({
        code: 'body-not-allowed',
        where: `${where} › body`,
        problem: `a ${method} operation must not declare a body`,
        fix: 'use query or params, or another method',
      });
    }
    if (spec.idempotency !== undefined && method === 'GET') {
      throw new ConfigurationError({
        code: 'idempotency-not-allowed',
        where: `${where} › idempotency`,
        problem: 'a GET operation must not take an idempotency key: it changes nothing',
        fix: 'remove idempotency, or use POST, PUT, PATCH or DELETE',
      });
    }
    checkSubstitutes(where, operation);
  }
}

/** Answers that are used in place of a new one are only for reads, and a shared cache must not have those of one user. */
function checkSubstitutes(where: string, { method, spec }: Operation): void {
  const { cache, fallback } = spec;
  if (cache !== undefined && (method !== 'GET' || spec.auth !== 'none')) {
    throw new ConfigurationError({
      code: 'cache-not-allowed',
      where: `${where} › cache`,
      problem: `only a GET with auth 'none' can be cached, got ${method} with auth '${spec.auth ?? 'user'}'`,
      fix: 'remove cache',
    });
  }
  cache?.maxAge.toSeconds();
  cache?.maxStale.toSeconds();
  if (fallback === undefined) return;
  const schema = spec.reply[200];
  if (method === 'GET' && schema !== undefined && Check(schema, fallback)) return;
  throw new ConfigurationError({
    code: 'fallback-invalid',
    where: `${where} › fallback`,
    problem:
      method === 'GET' ? 'the fallback does not match the schema of reply 200' : `a ${method} can have no fallback`,
    fix: method === 'GET' ? 'correct the fallback, or the schema' : 'remove fallback',
  });
}

function checkLevel(at: string, slo: ServiceLevel | undefined): void {
  if (slo !== undefined && !(slo.availability > 0 && slo.availability < 1)) {
    throw new ConfigurationError({
      code: 'slo-invalid',
      where: `${at} › slo.availability`,
      problem: `availability must be between 0 and 1 (exclusive), got ${slo.availability}`,
      fix: 'write 99.9 % as 0.999',
    });
  }
}
