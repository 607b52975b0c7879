import type { EnvVar } from 'kubernetes-types/core/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { HTTPS_PORT } from './constants.ts';

/**
 * Environment of the `consul` command in a pod, for mutual TLS.
 * @param address host to connect to
 * @param serverName DNS name in its certificate
 */
export function commandEnv(address: string, serverName: string): EnvVar[] {
  return [
    { name: 'CONSUL_HTTP_ADDR', value: `https://${address}:${HTTPS_PORT}` },
    { name: 'CONSUL_TLS_SERVER_NAME', value: serverName },
    { name: 'CONSUL_CACERT', value: `${IDENTITY_FOLDER}/ca.crt` },
    { name: 'CONSUL_CLIENT_CERT', value: `${IDENTITY_FOLDER}/tls.crt` },
    { name: 'CONSUL_CLIENT_KEY', value: `${IDENTITY_FOLDER}/tls.key` },
  ];
}

/**
 * Address and node name of a pod.
 * @param node field with the node name in Consul
 */
export function nodeEnv(node: 'metadata.name' | 'spec.nodeName'): EnvVar[] {
  return [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: node } } },
  ];
}
