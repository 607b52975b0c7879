import { type Manifest, type SystemObject, toYaml } from '@groundwork/constructs';

/** Longest line that a diff shows whole beside another. */
const COLUMNS = 120;

/**
 * What `cdk8s synth` writes, by file, but so that a change of it can be read. A file of a ConfigMap that YAML would
 * print on one long line, such as a dashboard, is a file of its own here, and JSON is indented; in its place stands
 * where it is. Nothing is left out: `manifestsIn` gives back what is deployed.
 */
export function goldenFiles(entries: readonly SystemObject[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const [chart, own] of Map.groupBy(entries, (entry) => entry.chart)) {
    const manifests = own.map(({ manifest }) => apart(manifest, `${chart}/${manifest.metadata.name}`, files));
    files.set(`${chart}.yaml`, toYaml(manifests));
  }
  return files;
}

/** The ConfigMap with its long lines in files; any other object as it is. */
function apart(manifest: Manifest, folder: string, files: Map<string, string>): Manifest {
  if (manifest.kind !== 'ConfigMap') return manifest;
  const data = Object.entries((manifest.data ?? {}) as Record<string, string>).map(([name, text]) => {
    const printed = toYaml([{ [name]: text }]).trimEnd();
    if (printed.includes('\n') || printed.length <= COLUMNS) return [name, text];
    const json = indented(text);
    const file = `${folder}/${name}`;
    files.set(file, json ?? text);
    return [name, json === undefined ? `<<text:${file}>>` : `<<json:${file}>>`];
  });
  return { ...manifest, data: Object.fromEntries(data) };
}

/** Compact JSON with a line for each value; undefined for text that isn't exactly that. */
function indented(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? `${JSON.stringify(value, null, 2)}\n` : undefined;
  } catch {
    return undefined; // no JSON
  }
}

/** The manifest with files put back in. @param read text of a file of `goldenFiles` */
export function whole(manifest: Manifest, read: (file: string) => string): Manifest {
  if (manifest.kind !== 'ConfigMap') return manifest;
  const data = Object.entries((manifest.data ?? {}) as Record<string, string>).map(([name, text]) => {
    const [, form, file = ''] = /^<<(text|json):(.*)>>$/.exec(text) ?? [];
    if (form === undefined) return [name, text];
    return [name, form === 'json' ? JSON.stringify(JSON.parse(read(file))) : read(file)];
  });
  return { ...manifest, data: Object.fromEntries(data) };
}
