import { ConfigurationError } from '@groundwork/contract';
import { isCidr } from '../kubernetes/network-policy.ts';
import { validateObjectName } from '../kubernetes/validate.ts';

/** An Ingress; the controller terminates TLS. */
export interface IngressEdge {
  /** Clients connect to an Ingress. */
  readonly kind: 'ingress';
  /** Host name of the Ingress, such as `shop.example`. */
  readonly host: string;
  /** Secret of type `kubernetes.io/tls` with the certificate of the host; it is created outside of the environment. */
  readonly tlsSecret: string;
  /** IngressClass of the controller, such as `nginx`. */
  readonly className: string;
  /** Namespace of the controller; only its pods may connect to the service. */
  readonly controllerNamespace: string;
}

/** A cloud load balancer; TLS is terminated in it or in front of it. */
export interface LoadBalancerEdge {
  /** Clients connect to a Service of type LoadBalancer. */
  readonly kind: 'load-balancer';
  /** Public URL, such as `https://shop.example`; the scheme selects the port, 443 or 80. */
  readonly url: string;
  /** Networks that may connect, in CIDR notation, such as `203.0.113.0/24`. */
  readonly sourceRanges: readonly string[];
  /** Annotations for the cloud controller, such as the certificate to use. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A NodePort without TLS, for a local cluster. */
export interface NodePortEdge {
  /** Clients connect to a Service of type NodePort. */
  readonly kind: 'node-port';
  /** 30000–32767. */
  readonly port: number;
  /** URL of the edge, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** How external clients reach the contract that is an edge. */
export type Edge = IngressEdge | LoadBalancerEdge | NodePortEdge;

/**
 * Public URL of the edge, without a trailing slash; also the issuer of access tokens. That of a wildcard `*.shop.example` is
 * `https://shop.example`.
 */
export function edgeUrl(edge: Edge): string {
  return edge.kind === 'ingress' ? `https://${edge.host.replace(/^\*\./, '')}` : edge.url;
}

/** @returns one ConfigurationError for each invalid field */
export function validateEdge(where: string, edge: Edge): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  const check = (holds: boolean, field: string, what: string, fix: string) => {
    if (!holds)
      found.push(new ConfigurationError({ code: 'edge-invalid', where: `${where} › ${field}`, problem: what, fix }));
  };
  if (edge.kind === 'ingress') {
    check(
      isHost(edge.host),
      'host',
      `host must be a host name in lower case without a scheme, got '${edge.host}'`,
      "write it like 'shop.example'",
    );
    for (const field of ['tlsSecret', 'className', 'controllerNamespace'] as const)
      found.push(...validateObjectName(`${where} › ${field}`, edge[field]));
    return found;
  }
  check(
    /^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(edge.url),
    'url',
    `url must be an HTTP(S) URL without a path or trailing slash, got '${edge.url}'`,
    "write it like 'https://shop.example'",
  );
  if (edge.kind === 'node-port') {
    const { port } = edge;
    check(
      Number.isInteger(port) && port >= 30000 && port <= 32767,
      'port',
      `port must be from 30000 to 32767, got ${port}`,
      'use a port from 30000 to 32767',
    );
    return found;
  }
  check(
    edge.sourceRanges.length > 0,
    'sourceRanges',
    'the list of networks must not be empty',
    "list the networks that may connect, such as '203.0.113.0/24'; '0.0.0.0/0' allows all",
  );
  for (const [index, range] of edge.sourceRanges.entries()) {
    check(
      isCidr(range),
      `sourceRanges[${index}]`,
      `the network must be an IPv4 CIDR, got '${range}'`,
      "write it like '203.0.113.0/24'",
    );
  }
  return found;
}

function isHost(host: unknown): boolean {
  return (
    typeof host === 'string' &&
    host.length <= 253 &&
    /^(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/.test(host)
  );
}
