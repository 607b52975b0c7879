import { ConfigurationError, dnsLabel } from '@groundwork/contract';
import { isCidr } from '../kubernetes/network-policy.ts';

/** An Ingress of the cluster's controller, which ends TLS. */
export interface IngressEdge {
  readonly kind: 'ingress';
  /** Host name that clients ask for, such as `shop.example`. */
  readonly host: string;
  /** Secret of type `kubernetes.io/tls` with the host's certificate; whoever issues certificates keeps it. */
  readonly tlsSecret: string;
  /** IngressClass of the controller, such as `nginx`. */
  readonly className: string;
  /** Namespace whose pods are the controller's: only they get through to the door. */
  readonly controllerNamespace: string;
}

/** A load balancer of the cloud's own, with TLS ended in it or before it. */
export interface LoadBalancerEdge {
  readonly kind: 'load-balancer';
  /** Where clients reach it, such as `https://shop.example`; its scheme picks the port, 443 or 80. */
  readonly url: string;
  /** Networks that may connect, as CIDR, such as `203.0.113.0/24`. */
  readonly sourceRanges: readonly string[];
  /** For the cloud's controller, such as which certificate to use. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A port on every node, for clusters on one's own machine: no TLS. */
export interface NodePortEdge {
  readonly kind: 'node-port';
  /** 30000–32767. */
  readonly port: number;
  /** Where clients reach it, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** How the world outside gets to the one service that is open to it. */
export type Edge = IngressEdge | LoadBalancerEdge | NodePortEdge;

/** URL under which clients reach the edge, without a slash at its end; also the issuer of access tokens. */
export function edgeUrl(edge: Edge): string {
  return edge.kind === 'ingress' ? `https://${edge.host}` : edge.url;
}

/** @returns what is wrong with the edge: nothing, or a ConfigurationError for each field */
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
      `'${edge.host}' is no host name`,
      "write it in lower case without a scheme, such as 'shop.example'",
    );
    for (const field of ['tlsSecret', 'className', 'controllerNamespace'] as const) {
      try {
        dnsLabel(edge[field], `${where} › ${field}`, 63);
      } catch (mistake) {
        found.push(mistake as ConfigurationError);
      }
    }
    return found;
  }
  check(
    /^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(edge.url),
    'url',
    `'${edge.url}' is no URL of a host`,
    "write 'https://shop.example', with no path and no slash at its end",
  );
  if (edge.kind === 'node-port') {
    const { port } = edge;
    check(
      Number.isInteger(port) && port >= 30000 && port <= 32767,
      'port',
      `port ${port} is none that a NodePort may have`,
      'choose one from 30000 to 32767',
    );
    return found;
  }
  check(
    edge.sourceRanges.length > 0,
    'sourceRanges',
    'no network may connect',
    "list those that may, such as '203.0.113.0/24'; '0.0.0.0/0' is everyone",
  );
  for (const [index, range] of edge.sourceRanges.entries()) {
    check(
      isCidr(range),
      `sourceRanges[${index}]`,
      `'${range}' is no IPv4 network`,
      "write it as CIDR, such as '203.0.113.0/24'",
    );
  }
  return found;
}

function isHost(host: string): boolean {
  return host.length <= 253 && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/.test(host);
}
