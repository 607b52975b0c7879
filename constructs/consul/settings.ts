import { IDENTITY_FOLDER } from '../identity/index.ts';
import { DATA, GOSSIP_PORT, HTTPS_PORT, RPC_PORT, SERVER } from './constants.ts';

export interface SettingsProps {
  readonly namespace: string;
  readonly datacenter: string;
  readonly servers: number;
}

/** DNS name in the certificate of every server, which agents and servers verify. */
export function serverName(datacenter: string): string {
  return `server.${datacenter}.consul`;
}

/** DNS name of a Service within the cluster. */
export function hostOf(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** Common configuration of servers and agents: only TLS and gossip ports, and default policy `deny`. */
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
      // Otherwise any certificate of the authority would be accepted for a server, including that of a service.
      internal_rpc: { verify_server_hostname: true },
    },
    acl: { enabled: true, default_policy: 'deny', down_policy: 'extend-cache', enable_token_persistence: false },
    telemetry: { prometheus_retention_time: '2m', disable_hostname: true },
  };
}

/** JSON configuration of a server, without secrets. */
export function serverSettings(props: SettingsProps): string {
  const { servers } = props;
  return json({
    ...common(props),
    server: true,
    bootstrap_expect: servers,
    connect: { enabled: false },
    // A server that stops transfers leadership and gives up its vote, so that a rollout keeps the quorum.
    leave_on_terminate: servers > 1,
    rejoin_after_leave: true,
    autopilot: { cleanup_dead_servers: true, min_quorum: Math.floor(servers / 2) + 1, server_stabilization_time: '5s' },
  });
}

/** JSON configuration of the agent on each node, without secrets. */
export function agentSettings(props: SettingsProps): string {
  return json({ ...common(props), server: false, leave_on_terminate: true });
}

function json(settings: object): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
