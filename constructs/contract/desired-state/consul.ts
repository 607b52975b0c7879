import { type Static, Type } from 'typebox';

const text = Type.String({ minLength: 1 });

/** Policies, tokens and the login of a Consul, as JSON between the construct `Consul` and the provisioner. */
export const consulDesiredState = Type.Object({
  address: Type.String({
    minLength: 1,
    description: 'of a server, such as `https://consul-server.shop-dev.svc.cluster.local:8501`',
  }),
  serverName: Type.String({ minLength: 1, description: "DNS name in the servers' certificate" }),
  namespace: Type.String({ minLength: 1, description: 'whose accounts may log in' }),
  authMethod: text,
  services: Type.Array(Type.Object({ name: text, reads: Type.Array(Type.String()) }), {
    description: 'each service, and those whose instances it may read',
  }),
});

/** What Consul must agree with. */
export type ConsulDesiredState = Static<typeof consulDesiredState>;
