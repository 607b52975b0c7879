/** Desired state that the provisioner reconciles Consul with. */
export interface ConsulDesiredState {
  /** URL of a server, such as `https://consul-server.shop-dev.svc.cluster.local:8501`. */
  readonly address: string;
  /** DNS name in the certificate of the servers. */
  readonly serverName: string;
  /** Namespace whose service accounts may log in. */
  readonly namespace: string;
  /** Name of the auth method. */
  readonly authMethod: string;
  /** Services by name, each with the services whose instances it may read. */
  readonly services: readonly { readonly name: string; readonly reads: readonly string[] }[];
}
