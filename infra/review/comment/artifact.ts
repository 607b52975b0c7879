import { ConfigurationError } from '@groundwork/contract';
import { unzipSync } from 'fflate';
import { COMMENT_LIMIT, MARKER } from '../preview/render/markdown.ts';
import type { Forge } from './forge.ts';
import type { PreviewRun } from './run.ts';

/** Name of the artifact that the preview's workflow uploads for the comment, and of the one file in it. */
export const ARTIFACT = { name: 'preview-comment', file: 'preview.md' } as const;

/** Packed, it can't be longer than unpacked but for a zip's own few lines. */
const PACKED_LIMIT = COMMENT_LIMIT + 4096;

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly size_in_bytes: number;
}

/**
 * The comment's text out of the artifact of a run. The pull request's code wrote it, so it may be anything.
 * @returns undefined if the run uploaded none, as when the preview failed
 * @throws ConfigurationError if it is not one file of the known name, of the known form, within the comment's limit
 */
export async function artifactText(forge: Forge, { repository, id }: PreviewRun): Promise<string | undefined> {
  const artifacts = await forge.all<Listed>(
    `/repos/${repository}/actions/runs/${id}/artifacts`,
    (answer: { artifacts: readonly Listed[] }) => answer.artifacts,
  );
  const artifact = artifacts.find(({ name }) => name === ARTIFACT.name);
  if (artifact === undefined) return undefined;
  if (artifact.size_in_bytes > PACKED_LIMIT)
    throw suspicious(`it has ${artifact.size_in_bytes} bytes, and a comment ${COMMENT_LIMIT} at most`);
  return unpack(await forge.download(`/repos/${repository}/actions/artifacts/${artifact.id}/zip`, PACKED_LIMIT));
}

/** The one file in a zip, in memory: nothing is written anywhere, so no name in it can lead anywhere. */
function unpack(zip: Uint8Array): string {
  const names: string[] = [];
  const files = read(zip, ({ name, originalSize }) => {
    names.push(name);
    return name === ARTIFACT.file && originalSize <= COMMENT_LIMIT;
  });
  const { [ARTIFACT.file]: file } = files;
  if (names.length !== 1 || names[0] !== ARTIFACT.file)
    throw suspicious(`it holds ${JSON.stringify(names.slice(0, 5))} and not just ${ARTIFACT.file}`);
  if (file === undefined) throw suspicious(`${ARTIFACT.file} is longer than the ${COMMENT_LIMIT} bytes of a comment`);
  const text = new TextDecoder().decode(file);
  if (!text.startsWith(`${MARKER}\n`)) throw suspicious(`${ARTIFACT.file} does not begin with ${MARKER}`);
  return text;
}

function read(
  zip: Uint8Array,
  filter: (file: { name: string; originalSize: number }) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, { filter });
  } catch (error) {
    throw suspicious(`it is no zip: ${(error as Error).message}`);
  }
}

function suspicious(what: string): ConfigurationError {
  return new ConfigurationError({
    code: 'artifact-invalid',
    where: `artifact '${ARTIFACT.name}'`,
    problem: what,
    fix: 'nothing is posted; look at what the pull request changed about its own preview',
  });
}
