import { type Manifest, parseDeployTimeSecret } from '@groundwork/constructs';
import type { LiveManifest } from './state.ts';

/** Stands for a value that a deploy will make. */
const TO_BE_MADE = Buffer.from('made when it is deployed').toString('base64');

/** A Secret as a deploy sends it, with the values that it has in the cluster: which values come and go is seen, and no value changes. */
export function withLiveValues(manifest: Manifest, live: LiveManifest | undefined): Manifest {
  const { stringData, ...rest } = manifest as Manifest & {
    stringData?: Readonly<Record<string, string>>;
    data?: Readonly<Record<string, string>>;
  };
  if (manifest.kind !== 'Secret' || stringData === undefined) return manifest;
  const data = Object.entries(stringData).map(([key, text]) => {
    const given = Buffer.from(text).toString('base64');
    return [key, parseDeployTimeSecret(text) === undefined ? given : (live?.data?.[key] ?? TO_BE_MADE)];
  });
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(data) } } as Manifest;
}
