import type { ConfigurationError } from '@groundwork/contract';
import type { IResolver, ResolutionContext } from 'cdk8s';
import { parseDeployTimeSecret } from './deploy-time-secret.ts';
import type { CustomResource } from './object.ts';
import { validateObjectName } from './validate.ts';

/** A store of External Secrets Operator, which the operator reads deploy-time secrets from. */
export interface ExternalSecretStore {
  /** Name of the store. */
  readonly store: string;
  /** Whether the store serves the whole cluster, or is in the namespace of the platform. @default ClusterSecretStore */
  readonly kind?: 'ClusterSecretStore' | 'SecretStore';
}

/** @returns an error for a name that is not a DNS subdomain */
export function validateStore(where: string, { store }: ExternalSecretStore): ConfigurationError[] {
  return validateObjectName(`${where} › store`, store);
}

/**
 * Renders the Secrets of one namespace that have deploy-time secrets as ExternalSecrets, so that manifests reference the
 * values in place of having them. The key in the store is `<namespace>/<name of the deploy-time secret>`.
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export class ExternalSecretResolver implements IResolver {
  readonly #namespace: string;
  readonly #store: ExternalSecretStore;

  public constructor(namespace: string, store: ExternalSecretStore) {
    this.#namespace = namespace;
    this.#store = store;
  }

  public resolve(context: ResolutionContext): void {
    if (context.key.length > 0 || context.obj.kind !== 'Secret') return;
    const { metadata, stringData, type, kind } = context.value as SecretFields;
    if (kind !== 'Secret' || metadata.namespace !== this.#namespace || stringData === undefined) return;
    const entries = Object.entries(stringData);
    const remote = entries.filter(([, text]) => parseDeployTimeSecret(text) !== undefined);
    if (remote.length > 0) context.replaceValue(this.#externalSecret(metadata, entries, type));
  }

  #externalSecret(
    metadata: CustomResource['metadata'],
    entries: readonly (readonly [string, string])[],
    type: string | undefined,
  ): CustomResource {
    const { name, labels = {}, annotations = {} } = metadata;
    const { store, kind = 'ClusterSecretStore' } = this.#store;
    const plain = entries.filter(([, text]) => parseDeployTimeSecret(text) === undefined);
    const template = {
      ...(type === undefined ? {} : { type }),
      engineVersion: 'v2',
      mergePolicy: 'Merge', // the values of the store, and beside them those of the template
      metadata: { labels, annotations },
      data: Object.fromEntries(plain.map(([key, text]) => [key, text.replaceAll('{{', '{{ "{{" }}')])),
    };
    return {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: {
        secretStoreRef: { name: store, kind },
        refreshInterval: '1h0m0s',
        target: { name, creationPolicy: 'Owner', ...(plain.length > 0 || type !== undefined ? { template } : {}) },
        data: entries.flatMap(([secretKey, text]) => {
          const secret = parseDeployTimeSecret(text);
          return secret === undefined ? [] : [{ secretKey, remoteRef: { key: `${this.#namespace}/${secret.name}` } }];
        }),
      },
    };
  }
}

interface SecretFields {
  readonly kind: string;
  readonly metadata: CustomResource['metadata'];
  readonly type?: string;
  readonly stringData?: Readonly<Record<string, string>>;
}
