import { Type } from 'typebox';
import { File } from '../config/read.ts';

/** Variables of service discovery. The platform sets all of them or none. */
export const discoveryVariables = {
  CONSUL_HTTP_ADDR: Type.Optional(
    Type.String({ pattern: '^https://', description: "Consul's agent on the pod's own node" }),
  ),
  CONSUL_LOGIN_TOKEN: Type.Optional(File("token of the pod's service account, for the Consul login")),
  CONSUL_AUTH_METHOD: Type.String({
    default: 'kubernetes',
    description: 'auth method in Consul that verifies this token',
  }),
};

/** Values of `discoveryVariables`. */
export interface DiscoveryConfig {
  /** URL of the Consul agent on the node of the pod. */
  readonly CONSUL_HTTP_ADDR?: string;
  /** File with the token of the service account. */
  readonly CONSUL_LOGIN_TOKEN?: string;
  /** Auth method in Consul that verifies the token. */
  readonly CONSUL_AUTH_METHOD: string;
}
