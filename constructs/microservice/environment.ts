import type { Contract, Operation } from '@groundwork/contract';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';

/** Ports of a service: requests, the kubelet's probes, and metrics. */
export const PORTS = { http: 8080, probes: 8081, metrics: 8082 } as const;

/** Log level of a service. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Environment variables of every service; none of them is secret. */
export function serviceEnvironment(contract: Contract, platform: Platform, logLevel: LogLevel): Record<string, string> {
  return {
    SERVICE: contract.name,
    ENVIRONMENT: platform.environment,
    LOG_LEVEL: logLevel,
    PORT: `${PORTS.http}`,
    PROBE_PORT: `${PORTS.probes}`,
    METRICS_PORT: `${PORTS.metrics}`,
    NAMESPACE: platform.namespace,
    TRUST_DOMAIN: platform.identities.trustDomain,
    IDENTITY_DIR: IDENTITY_FOLDER,
    ...(handlesTokens(contract) && platform.url !== undefined ? { TOKEN_ISSUER: platform.url } : {}),
    // Only the Ingress controller can connect, so its X-Forwarded-For header is trusted.
    ...(contract.edge && platform.edge?.kind === 'ingress' ? { PROXY_HOPS: '1' } : {}),
  };
}

/** Whether a service issues, verifies or forwards access tokens. */
function handlesTokens({ http, calls, owns }: Contract): boolean {
  const operations: readonly Operation[] = [...Object.values(http), ...calls];
  return (
    operations.some(({ spec }) => (spec.auth ?? 'user') === 'user') ||
    owns.some((need) => 'format' in need && need.format === 'ed25519-jwks')
  );
}
