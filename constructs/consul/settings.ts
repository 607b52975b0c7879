import { IDENTITY_FOLDER } from '../identity/index.ts';
import { DATA, GOSSIP_PORT, HTTPS_PORT, RPC_PORT, SERVER } from './constants.ts';

export interface SettingsProps {
  readonly namespace: string;
  readonly datacenter: string;
  readonly servers: number;
}

/** Name in the certificate of every server, which agents and servers insist on when they ask one. */
export function serverName(datacenter: string): string {
  return `server.${datacenter}.consul`;
}

/** DNS name of a Service's pods. */
export function hostOf(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** What servers and agents have in common: no port but TLS and gossip, and nothing for who has no token. */
function common({ namespace, datacenter }: SettingsProps) {
  return {
    datacenter,
    data_dir: DATA,
    client_addr: '0.0.0.0',
    retry_join: [hostOf(SERVER, namespace)],
    retry_interval: '3s',
    log_level: 'INFO',
    log_json: true,
    disable_update_check: true,
    disable_anonymous_signature: true,
    ports: {
      http: -1,
      https: HTTPS_PORT,
      grpc: -1,
      grpc_tls: -1,
      dns: -1,
      serf_lan: GOSSIP_PORT,
      serf_wan: -1,
      server: RPC_PORT,
    },
    encrypt_verify_incoming: true,
    encrypt_verify_outgoing: true,
    tls: {
      defaults: {
        ca_file: `${IDENTITY_FOLDER}/ca.crt`,
        cert_file: `${IDENTITY_FOLDER}/tls.crt`,
        key_file: `${IDENTITY_FOLDER}/tls.key`,
        verify_incoming: true,
        verify_outgoing: true,
        tls_min_version: 'TLSv1_3',
      },
      // Any certificate of the authority would do otherwise, and a service's would make it a server.
      internal_rpc: { verify_server_hostname: true },
    },
    acl: { enabled: true, default_policy: 'deny', down_policy: 'extend-cache', enable_token_persistence: false },
    telemetry: { prometheus_retention_time: '2m', disable_hostname: true },
  };
}

/** Configuration of a server, without its secrets. JSON is what Consul reads. */
export function serverSettings(props: SettingsProps): string {
  const { servers } = props;
  return json({
    ...common(props),
    server: true,
    bootstrap_expect: servers,
    connect: { enabled: false },
    // A server that ends hands leadership over and gives up its vote, so that a roll never counts on one that is away.
    leave_on_terminate: servers > 1,
    rejoin_after_leave: true,
    autopilot: { cleanup_dead_servers: true, min_quorum: Math.floor(servers / 2) + 1, server_stabilization_time: '5s' },
  });
}

/** Configuration of the agent on each node, without its secrets. */
export function agentSettings(props: SettingsProps): string {
  return json({ ...common(props), server: false, leave_on_terminate: true });
}

function json(settings: object): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
