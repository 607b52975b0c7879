import { ConfigurationError, dnsLabel } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** A store elsewhere that takes every sample, such as Mimir or a vendor's, for longer than a volume keeps them. */
export interface RemoteWrite {
  /** DNS label; name of the queue in Prometheus' own metrics. */
  readonly name: string;
  /** No part of it may be secret: it stands in a ConfigMap. */
  readonly url: string;
  /** With a name: basic authentication, its password a deploy-time secret. Without: a bearer token, a deploy-time secret. @default a bearer token */
  readonly user?: string;
  /** Where it is, for the NetworkPolicy. */
  readonly egress: ExternalEndpoint;
}

/** Folder of the credentials, a file each by the store's name. */
export const REMOTE_FOLDER = '/var/run/groundwork/remote-write';

/** Its part of the configuration; Prometheus reads the file at each request. */
export function remoteWriteConfig({ name, url, user }: RemoteWrite): object {
  const file = `${REMOTE_FOLDER}/${name}`;
  const who =
    user === undefined
      ? { authorization: { credentials_file: file } }
      : { basic_auth: { username: user, password_file: file } };
  return { name, url, ...who };
}

export function validateRemoteWrite(where: string, stores: readonly RemoteWrite[]): ConfigurationError[] {
  return stores.flatMap(({ name, url, egress }, index) => {
    const at = `${where}[${index}]`;
    dnsLabel(name, `${at} › name`);
    const found = validateExternalEndpoints(`${at} › egress`, [egress]);
    if (stores.findIndex((other) => other.name === name) < index)
      found.push(
        new ConfigurationError({
          code: 'remote-write-duplicate',
          where: `${at} › name`,
          problem: `there are two of the name '${name}'`,
          fix: 'give them different names',
        }),
      );
    if (!/^https:\/\//.test(url) || !URL.canParse(url)) {
      found.push(
        new ConfigurationError({
          code: 'url-invalid',
          where: `${at} › url`,
          problem: `'${url}' is no https URL, and credentials go there`,
          fix: "write 'https://…'",
        }),
      );
    }
    return found;
  });
}
