import { createHmac, randomBytes } from 'node:crypto';
import { type Manifest, parseDeployTimeSecret } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';

/** Random for each run: placeholders of values can be compared, but not reversed. */
const KEY = randomBytes(32);

/** Placeholder of a value that a deploy will generate. */
const TO_BE_MADE = Buffer.from('made when it is deployed').toString('base64');

/** A live Secret with a placeholder for each value, the same for equal values. */
export function redactSecrets(manifest: Manifest): Manifest {
  if (!isKind(manifest, 'Secret') || manifest.data === undefined) return manifest;
  const hidden = (value: string) => `(hidden ${createHmac('sha256', KEY).update(value).digest('hex').slice(0, 8)})`;
  const data = Object.entries(manifest.data).map(([key, value]) => [key, hidden(value)]);
  return { ...manifest, data: Object.fromEntries(data) };
}

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
