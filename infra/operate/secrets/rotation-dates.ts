import { textAt } from '@groundwork/contract';
import { itemsOf, type Kubectl, type SecretsFile } from '../../deploy/index.ts';
import type { KnownSecret } from './list.ts';

const CERTIFICATES = 'certificates.cert-manager.io';

/** A managed-fields entry: which manager set which fields, and when. */
interface Written {
  readonly metadata: { readonly name: string; readonly managedFields?: readonly Fields[] };
}
interface Fields {
  readonly time?: string;
  readonly fieldsV1?: { readonly 'f:data'?: Readonly<Record<string, unknown>> };
}

/**
 * When each secret's current value was set, by name: from the secrets file, else from its Secret's managed fields (the last
 * change by the manager of that key). For a certificate, when it was issued.
 */
export async function rotationDates(
  kubectl: Kubectl,
  namespace: string,
  known: readonly KnownSecret[],
  file: SecretsFile,
): Promise<ReadonlyMap<string, Date>> {
  const wantsCertificates = known.some(({ format }) => format === 'certificate');
  const certificates = wantsCertificates ? await kubectl.list(namespace, CERTIFICATES).catch(() => []) : [];
  const issued = new Map(certificates.map(({ metadata, status }) => [metadata.name, textAt(status, 'notBefore')]));
  const written = new Map((await secrets(kubectl, namespace)).map((secret) => [secret.metadata.name, secret]));
  return new Map(
    known.flatMap(({ name, format, manifest, key = '' }): [string, Date][] => {
      const since =
        format === 'certificate'
          ? issued.get(name)
          : (file.kept(name)?.since ?? changed(written.get(manifest.metadata.name), key));
      return since === undefined ? [] : [[name, new Date(since)]];
    }),
  );
}

async function secrets(kubectl: Kubectl, namespace: string): Promise<readonly Written[]> {
  const text = await kubectl.run(['get', 'secrets', '--namespace', namespace, '--show-managed-fields', '-o', 'json']);
  return itemsOf(text);
}

function changed(secret: Written | undefined, key: string): string | undefined {
  const times = secret?.metadata.managedFields
    ?.filter(({ fieldsV1 }) => fieldsV1?.['f:data']?.[`f:${key}`] !== undefined)
    .map(({ time }) => time);
  return times
    ?.filter((time) => time !== undefined)
    .sort()
    .at(-1);
}
