import { createReadStream } from 'node:fs';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { LoadableImage } from '../../deploy/index.ts';
import { elapsed, type Progress } from '../../tools/progress.ts';
import type { Node } from './node.ts';

/** Command for images in the containerd namespace that the kubelet uses. */
const CTR = ['ctr', '--namespace', 'k8s.io', 'images'] as const;

/**
 * Loads OCI archives into the node's image store, each under its reference and under `name@digest`, which the kubelet
 * uses for pinned images. Images that the store has with this digest are skipped.
 */
export async function loadImages(node: Node, images: readonly LoadableImage[], progress: Progress): Promise<void> {
  const ctr = (args: readonly string[], options: object = {}) =>
    execa(node.enter[0], [...node.enter.slice(1), ...CTR, ...args], options);
  const { stdout } = await ctr(['list']);
  const there = new Map(
    stdout
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/))
      .map(([name, , digest]) => [name, digest]),
  );
  for (const { reference, archive } of images) {
    if (archive === undefined)
      throw new Error(`image ${reference} has no archive; the embedded cluster accepts only archives`);
    const { repository, tagged } = splitReference(reference);
    const digest = await digestOf(archive);
    const pinned = `${repository}@${digest}`;
    if (there.get(pinned) === digest && (tagged === undefined || there.get(tagged) === digest)) continue;
    await elapsed(progress, `loading ${reference}`, async () => {
      await ctr(['import', '--base-name', repository, '--digests', '--all-platforms', '-'], {
        input: createReadStream(archive),
      });
      if (tagged !== undefined) await ctr(['tag', '--force', pinned, tagged]);
    });
  }
}

/** `name` and `name:tag` of a reference, in containerd's full form, without the digest. */
export function splitReference(reference: string): {
  readonly repository: string;
  readonly tagged: string | undefined;
} {
  const [name = '', digest] = reference.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/'));
  const repository = fullName(colon < 0 ? name : name.slice(0, colon));
  const tag = colon < 0 ? (digest === undefined ? 'latest' : undefined) : name.slice(colon + 1);
  return { repository, tagged: tag === undefined ? undefined : `${repository}:${tag}` };
}

/** Adds the default registry to a short name. */
function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}

/** Digest of the single image in an OCI archive. */
async function digestOf(archive: string): Promise<string> {
  const { stdout, failed } = await execa('tar', ['-xOf', archive, 'index.json'], { reject: false });
  const { manifests }: { manifests: readonly { digest: string }[] } = failed ? { manifests: [] } : JSON.parse(stdout);
  const [first] = manifests;
  if (first !== undefined && manifests.length === 1) return first.digest;
  throw new ConfigurationError({
    code: 'image-archive-invalid',
    where: `image archive ${archive}`,
    problem: failed ? 'it must be an OCI archive' : `it must contain one image, got ${manifests.length}`,
    fix: 'remove the file: the next run recreates it',
  });
}
