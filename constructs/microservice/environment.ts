import type { Contract, Operation } from '@groundwork/contract';
import type { Platform } from '../platform/index.ts';

/** Where a service answers to its callers, and where to the platform only. */
export const PORTS = { http: 8080, admin: 8081, metrics: 8082 } as const;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Settings that every service finds in its environment; none of them is secret. */
export function serviceEnvironment(contract: Contract, platform: Platform, logLevel: LogLevel): Record<string, string> {
  const calls = platform.graph.calleesOf(contract.name).map((callee) => {
    // The full name: a short one is looked up in each search domain first.
    return [`CALL_${callee.toUpperCase().replaceAll('-', '_')}_URL`, `http://${callee}.${platform.namespace}.svc.cluster.local`];
  });
  return {
    SERVICE: contract.name,
    ENVIRONMENT: platform.environment,
    LOG_LEVEL: logLevel,
    PORT: `${PORTS.http}`,
    ADMIN_PORT: `${PORTS.admin}`,
    ...(handlesTokens(contract) && platform.url !== undefined ? { TOKEN_ISSUER: platform.url } : {}),
    // Only the controller's pods reach the door of an Ingress, so the client is whom they name.
    ...(contract.edge && platform.edge?.kind === 'ingress' ? { PROXY_HOPS: '1' } : {}),
    ...Object.fromEntries(calls),
  };
}

/** Whether a service issues access tokens, checks them, or passes them on to those that do. */
function handlesTokens({ http, calls, owns }: Contract): boolean {
  const operations: readonly Operation[] = [...Object.values(http), ...calls];
  return operations.some(({ spec }) => (spec.auth ?? 'user') === 'user') || owns.some((need) => 'format' in need && need.format === 'ed25519-jwks');
}
