import type { EnvVar } from 'kubernetes-types/core/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { HTTPS_PORT } from './constants.ts';

/** Lets the `consul` command in a pod ask over mutual TLS. @param address host to ask @param serverName DNS name in its certificate */
export function commandEnv(address: string, serverName: string): EnvVar[] {
  return [
    { name: 'CONSUL_HTTP_ADDR', value: `https://${address}:${HTTPS_PORT}` },
    { name: 'CONSUL_TLS_SERVER_NAME', value: serverName },
    { name: 'CONSUL_CACERT', value: `${IDENTITY_FOLDER}/ca.crt` },
    { name: 'CONSUL_CLIENT_CERT', value: `${IDENTITY_FOLDER}/tls.crt` },
    { name: 'CONSUL_CLIENT_KEY', value: `${IDENTITY_FOLDER}/tls.key` },
  ];
}

/** What a pod's own address and name are. @param node field that gives Consul's name of the node */
export function nodeEnv(node: 'metadata.name' | 'spec.nodeName'): EnvVar[] {
  return [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: node } } },
  ];
}
