import { createReadStream } from 'node:fs';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { LoadableImage } from '../../deploy/index.ts';
import { elapsed, type Progress } from '../../tools/progress.ts';
import type { Node } from './node.ts';

/** containerd's namespace of the images that the kubelet sees. */
const CTR = ['ctr', '--namespace', 'k8s.io', 'images'] as const;

/**
 * Puts OCI archives into the node's image store, each under its reference and under `name@digest`, where the kubelet
 * looks for an image that is pinned. What is there with this digest already is skipped.
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
      throw new Error(`image ${reference} has no archive; the embedded cluster takes nothing else`);
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

/** `name` and `name:tag` of a reference, in full as containerd keeps them; a digest in it is left out. */
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

/** With the registry that a short name leaves out. */
function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}

/** Digest of the one image in an OCI archive. */
async function digestOf(archive: string): Promise<string> {
  const { stdout, failed } = await execa('tar', ['-xOf', archive, 'index.json'], { reject: false });
  const manifests = failed ? [] : (JSON.parse(stdout) as { manifests: { digest: string }[] }).manifests;
  const [first] = manifests;
  if (first !== undefined && manifests.length === 1) return first.digest;
  throw new ConfigurationError({
    code: 'image-archive-invalid',
    where: `image archive ${archive}`,
    problem: failed ? 'it is no OCI archive' : `it holds ${manifests.length} images; one is wanted`,
    fix: 'remove the file: the next run makes it again',
  });
}
