import { Type } from 'typebox';
import { File } from '../config/read.ts';

/** Variables by which a service finds others, and is found. The platform sets all of them or none. */
export const discoveryVariables = {
  CONSUL_HTTP_ADDR: Type.Optional(
    Type.String({ pattern: '^https://', description: "Consul's agent on the pod's own node" }),
  ),
  CONSUL_LOGIN_TOKEN: Type.Optional(File("token of the pod's service account, to log in to Consul with")),
  CONSUL_AUTH_METHOD: Type.String({ default: 'kubernetes', description: 'how Consul checks that token' }),
};

/** Values of `discoveryVariables`. */
export interface DiscoveryConfig {
  readonly CONSUL_HTTP_ADDR?: string;
  readonly CONSUL_LOGIN_TOKEN?: string;
  readonly CONSUL_AUTH_METHOD: string;
}
