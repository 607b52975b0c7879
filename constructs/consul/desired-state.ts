/** What the provisioner makes Consul agree with. */
export interface ConsulDesiredState {
  /** Where a server answers, such as `https://consul-server.shop-dev.svc.cluster.local:8501`. */
  readonly address: string;
  /** DNS name in the servers' certificate. */
  readonly serverName: string;
  /** Whose accounts may log in. */
  readonly namespace: string;
  /** Name of the auth method. */
  readonly authMethod: string;
  /** Each service, and those whose instances it may read. */
  readonly services: readonly { readonly name: string; readonly reads: readonly string[] }[];
}
