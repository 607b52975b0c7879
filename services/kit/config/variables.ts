import type { Contract } from '@groundwork/contract';
import { type TString, Type } from 'typebox';

/** Variables of every service. The platform sets them; the defaults serve a run by hand. */
export function serviceVariables(contract: Contract) {
  return {
    SERVICE: Type.Literal(contract.name, { default: contract.name, description: 'name of the contract that this image serves' }),
    ENVIRONMENT: Type.String({ default: 'dev', description: 'environment, for logs and metrics' }),
    LOG_LEVEL: Type.Union(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => Type.Literal(level)),
      { default: 'info', description: 'trace, debug, info, warn, error or fatal' },
    ),
    PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8080, description: 'port of the service' }),
    ADMIN_PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 8081, description: 'port of probes and metrics' }),
  };
}

/** Values of `serviceVariables`. */
export interface ServiceConfig {
  readonly SERVICE: string;
  readonly ENVIRONMENT: string;
  readonly LOG_LEVEL: string;
  readonly PORT: number;
  readonly ADMIN_PORT: number;
}

/** Name of the variable that holds a called service's base URL: `CALL_ORDER_HISTORY_URL` for `order-history`. */
export function callVariable(service: string): string {
  return `CALL_${service.toUpperCase().replaceAll('-', '_')}_URL`;
}

/** One base URL for each service in the contract's `calls`. */
export function callVariables(contract: Contract): Record<string, TString> {
  const services = new Set(contract.calls.map(({ service }) => service));
  return Object.fromEntries(
    [...services].map((service) => [callVariable(service), Type.String({ pattern: '^https?://[^/]+$', description: `base URL of ${service}` })]),
  );
}

/** Services that issue or check access tokens. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ minLength: 1, description: "the 'iss' of access tokens: the shop's public URL" }),
};

/** Folder in which the contract's secrets are mounted, one file each. */
export const secretVariables = {
  SECRETS_DIR: Type.String({ default: '/var/run/groundwork/secrets', description: "folder of the contract's secrets" }),
};
