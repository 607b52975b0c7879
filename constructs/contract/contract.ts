import type { TObject } from 'typebox';
import { ConfigurationError } from './configuration-error.ts';
import type { Duration } from './duration.ts';
import type { Event } from './event.ts';
import { dnsLabel } from './names.ts';
import type { Need } from './needs.ts';
import { type Operation, pathParams, type Route } from './route.ts';

/** What a service promises its callers over 30 days. */
export interface ServiceLevel {
  /** Share of requests answered without a server error, such as 0.999. */
  readonly availability: number;
  readonly latency: { readonly p99: Duration };
}

/** What a team writes down about a service; everything else follows from it. */
export interface ContractSpec<
  H extends Record<string, Route> = Record<string, Route>,
  C extends readonly Operation[] = readonly Operation[],
  P extends readonly Event[] = readonly Event[],
  R extends readonly Event[] = readonly Event[],
> {
  /** HTTP operations that it serves, by name. @default none */
  readonly http?: H;
  /** What it alone reads and writes. @default nothing */
  readonly owns?: readonly Need[];
  /** Events that it alone publishes. @default none */
  readonly publishes?: P;
  /** Events of others that it reads. @default none */
  readonly consumes?: R;
  /** Operations of others that it asks for; no other call gets through. @default none */
  readonly calls?: C;
  /** Reachable from outside the cluster. Only the API gateway should be. @default false */
  readonly edge?: boolean;
  /** @default availability 0.999, p99 500 ms */
  readonly slo?: ServiceLevel;
}

/** A service's contract, complete: defaults filled in, operations with owner and name. */
export interface Contract<
  H extends Record<string, Route> = Record<string, Route>,
  C extends readonly Operation[] = readonly Operation[],
  P extends readonly Event[] = readonly Event[],
  R extends readonly Event[] = readonly Event[],
> {
  readonly kind: 'contract';
  readonly name: string;
  readonly http: { readonly [K in keyof H]: Operation<H[K]> };
  readonly owns: readonly Need[];
  readonly publishes: P;
  readonly consumes: R;
  readonly calls: C;
  readonly edge: boolean;
  readonly slo?: ServiceLevel;
}

/**
 * Declares what a service serves, owns, publishes, consumes and calls. Importing a contract has no effects.
 * @throws ConfigurationError for what is wrong in itself; `Graph` refuses what is wrong between contracts.
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

/** A name that is imported in a circle is undefined at that moment, whatever its type says. */
function checkHoles(at: string, spec: ContractSpec): void {
  for (const field of ['owns', 'publishes', 'consumes', 'calls'] as const) {
    const hole = (spec[field] as readonly unknown[] | undefined)?.indexOf(undefined) ?? -1;
    if (hole < 0) continue;
    throw new ConfigurationError({
      code: 'contract-invalid',
      where: `${at} › ${field}[${hole}]`,
      problem: 'it is undefined',
      fix: 'correct the name, or break the circle of imports between the two files',
    });
  }
}

function checkRoutes(at: string, operations: readonly Operation[]): void {
  const seen = new Map<string, string>();
  for (const { name, method, path, spec } of operations) {
    const where = `${at} › http.${name}`;
    if (!/^\/([A-Za-z0-9._~-]+|:[A-Za-z0-9_]+)?(\/([A-Za-z0-9._~-]+|:[A-Za-z0-9_]+))*$/.test(path)) {
      throw new ConfigurationError({
        code: 'path-invalid',
        where: `${where} › path`,
        problem: `'${path}' is no path`,
        fix: "start with '/', write parameters as ':name', such as '/products/:id'",
      });
    }
    // Two routes that differ in a parameter's name only match the same requests.
    const shape = `${method} ${path.replace(/:[A-Za-z0-9_]+/g, ':')}`;
    const duplicate = seen.get(shape);
    if (duplicate !== undefined)
      throw new ConfigurationError({
        code: 'route-duplicate',
        where,
        problem: `${method} ${path} is also served by http.${duplicate}`,
        fix: 'remove one of the two, or give it another path',
      });
    seen.set(shape, name);
    const declared = Object.keys((spec.params as TObject | undefined)?.properties ?? {}).sort();
    const used = pathParams(path).sort();
    if (declared.join() !== used.join()) {
      throw new ConfigurationError({
        code: 'path-invalid',
        where: `${where} › params`,
        problem: `the path has parameters [${used}], the schema has [${declared}]`,
        fix: 'make the two name the same parameters',
      });
    }
    if (!Object.keys(spec.reply).some((status) => Number(status) >= 200 && Number(status) < 400)) {
      throw new ConfigurationError({
        code: 'reply-missing',
        where: `${where} › reply`,
        problem: `no reply below 400 among [${Object.keys(spec.reply)}]`,
        fix: 'add what a success answers, such as { 200: Product }',
      });
    }
    if (spec.body !== undefined && (method === 'GET' || method === 'DELETE')) {
      throw new ConfigurationError({
        code: 'body-not-allowed',
        where: `${where} › body`,
        problem: `${method} has no body that servers agree on`,
        fix: 'use query or params, or another method',
      });
    }
  }
}

function checkLevel(at: string, slo: ServiceLevel | undefined): void {
  if (slo !== undefined && !(slo.availability > 0 && slo.availability < 1)) {
    throw new ConfigurationError({
      code: 'slo-invalid',
      where: `${at} › slo.availability`,
      problem: `${slo.availability} is no share between 0 and 1`,
      fix: 'write 99.9 % as 0.999',
    });
  }
}
