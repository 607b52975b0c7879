import type { Contract } from '@groundwork/contract';
import { Type } from 'typebox';

/** Variables of every service. The platform sets them; the defaults are for a run by hand. */
export function serviceVariables(contract: Contract) {
  return {
    SERVICE: Type.Literal(contract.name, {
      default: contract.name,
      description: 'name of the contract that this image serves',
    }),
    ENVIRONMENT: Type.String({ default: 'dev', description: 'environment, for logs and metrics' }),
    LOG_LEVEL: Type.Union(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => Type.Literal(level)),
      { default: 'info', description: 'trace, debug, info, warn, error or fatal' },
    ),
    PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8080, description: 'port of the service' }),
    PROBE_PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8081, description: 'port of the probes' }),
    METRICS_PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8082, description: 'port of the metrics' }),
    NAMESPACE: Type.Optional(
      Type.String({ minLength: 1, description: 'namespace of the service and of the services that it calls' }),
    ),
    TRUST_DOMAIN: Type.Optional(
      Type.String({ minLength: 1, description: 'SPIFFE trust domain of all certificates, such as dev.shop' }),
    ),
    IDENTITY_DIR: Type.Optional(
      Type.String({ minLength: 1, description: "folder of the service's certificate: tls.crt, tls.key, ca.crt" }),
    ),
    CALLERS_FILE: Type.Optional(
      Type.String({ minLength: 1, description: 'file with the services that may call each operation, as JSON' }),
    ),
  };
}

/** Values of `serviceVariables`. */
export interface ServiceConfig {
  /** Name of the contract that the process serves. */
  readonly SERVICE: string;
  /** Environment, such as `dev`; part of each log line. */
  readonly ENVIRONMENT: string;
  /** Lowest level that is logged. */
  readonly LOG_LEVEL: string;
  /** Port of the operations; 0 for a free one. */
  readonly PORT: number;
  /** Port of the liveness and readiness probes. */
  readonly PROBE_PORT: number;
  /** Port of `/metrics`. */
  readonly METRICS_PORT: number;
  /** Namespace of the service and of the services that it calls. */
  readonly NAMESPACE?: string;
  /** SPIFFE trust domain of all certificates. */
  readonly TRUST_DOMAIN?: string;
  /** Folder with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly IDENTITY_DIR?: string;
  /** File with the allow list as JSON, reloaded when it changes: see `openTrust`. @default none: no service may call */
  readonly CALLERS_FILE?: string;
}

/** Variables of a service that issues or verifies access tokens. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ minLength: 1, description: "claim 'iss' of access tokens: the shop's public URL" }),
};

/** Variables of a service with secrets: the folder in which they are mounted, one file each. */
export const secretVariables = {
  SECRETS_DIR: Type.String({ default: '/var/run/groundwork/secrets', description: "folder of the contract's secrets" }),
};
