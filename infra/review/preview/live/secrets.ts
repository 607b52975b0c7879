import { type Manifest, parseDeployTimeSecret } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';

/** Placeholder of a value that a deploy will generate. */
const TO_BE_MADE = Buffer.from('made when it is deployed').toString('base64');

/** A Secret for a dry run, with its live values: added and removed keys show, and no value changes. */
export function withLiveValues(manifest: Manifest, live: Manifest | undefined): Manifest {
  if (!isKind(manifest, 'Secret') || manifest.stringData === undefined) return manifest;
  const { stringData, ...rest } = manifest;
  const known = isKind(live, 'Secret') ? live.data : undefined;
  const data = Object.entries(stringData).map(([key, text]) => {
    const given = Buffer.from(text).toString('base64');
    return [key, parseDeployTimeSecret(text) === undefined ? given : (known?.[key] ?? TO_BE_MADE)];
  });
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(data) } };
}

/** A Secret without its values; any other object unchanged. */
export function withoutValues(manifest: Manifest): Manifest {
  if (!isKind(manifest, 'Secret')) return manifest;
  const { data: _, stringData: __, ...rest } = manifest;
  return rest;
}
