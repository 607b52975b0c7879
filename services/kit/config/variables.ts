import type { Contract } from '@groundwork/contract';
import { Type } from 'typebox';

/** Variables of every service. The platform sets them; the defaults serve a run by hand. */
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
      Type.String({ minLength: 1, description: 'namespace of the service and of all that it calls' }),
    ),
    TRUST_DOMAIN: Type.Optional(
      Type.String({ minLength: 1, description: 'where certificates are issued, such as dev.shop' }),
    ),
    IDENTITY_DIR: Type.Optional(
      Type.String({ minLength: 1, description: "folder of the service's certificate: tls.crt, tls.key, ca.crt" }),
    ),
    CALLERS: Type.String({ default: '{}', description: 'services that may call each operation, as JSON' }),
  };
}

/** Values of `serviceVariables`. */
export interface ServiceConfig {
  readonly SERVICE: string;
  readonly ENVIRONMENT: string;
  readonly LOG_LEVEL: string;
  readonly PORT: number;
  readonly PROBE_PORT: number;
  readonly METRICS_PORT: number;
  readonly NAMESPACE?: string;
  readonly TRUST_DOMAIN?: string;
  readonly IDENTITY_DIR?: string;
  readonly CALLERS: string;
}

/** Services that issue or check access tokens. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ minLength: 1, description: "the 'iss' of access tokens: the shop's public URL" }),
};

/** Folder in which the contract's secrets are mounted, one file each. */
export const secretVariables = {
  SECRETS_DIR: Type.String({ default: '/var/run/groundwork/secrets', description: "folder of the contract's secrets" }),
};
