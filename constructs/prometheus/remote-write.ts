import { ConfigurationError, dnsLabel } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** A remote store for all samples, such as Mimir, for a longer retention than that of the volume. */
export interface RemoteWrite {
  /** Name, a DNS label; also the name of the queue in the metrics of Prometheus. */
  readonly name: string;
  /** HTTPS URL. It must not contain a secret, since it is part of a ConfigMap. */
  readonly url: string;
  /** User name for basic authentication; the password is a deploy-time secret. @default a bearer token, which is a deploy-time secret */
  readonly user?: string;
  /** Networks and ports of the store, for the NetworkPolicy. */
  readonly egress: ExternalEndpoint;
}

/** Folder of the credentials, one file for each store, with its name. */
export const REMOTE_FOLDER = '/var/run/groundwork/remote-write';

/** Configuration of a store; Prometheus reads the credentials file for each request. */
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
          problem: `two stores have the name '${name}'`,
          fix: 'give them different names',
        }),
      );
    if (!/^https:\/\//.test(url) || !URL.canParse(url)) {
      found.push(
        new ConfigurationError({
          code: 'url-invalid',
          where: `${at} › url`,
          problem: `url must be an https URL, since it receives credentials, got '${url}'`,
          fix: "write 'https://…'",
        }),
      );
    }
    return found;
  });
}
