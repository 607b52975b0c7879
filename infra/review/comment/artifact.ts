import { ConfigurationError } from '@groundwork/contract';
import { unzipSync } from 'fflate';
import { COMMENT_LIMIT, MARKER } from '../preview/render/markdown.ts';
import type { Forge } from './forge.ts';
import type { PreviewRun } from './run.ts';

/** The artifact that the preview's workflow uploads, and its only file. */
export const ARTIFACT = { name: 'preview-comment', file: 'preview.md' } as const;

/** Maximum size of the zip: the comment's limit plus the zip's overhead. */
const PACKED_LIMIT = COMMENT_LIMIT + 4096;

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly size_in_bytes: number;
}

/**
 * The comment's text from the artifact of a run. The pull request's code wrote it, so it is untrusted.
 * @returns undefined if the run uploaded none, such as after a failed preview
 * @throws ConfigurationError unless it is one file with the known name and format, within the comment's limit
 */
export async function artifactText(forge: Forge, { repository, id }: PreviewRun): Promise<string | undefined> {
  const artifacts = await forge.all<Listed>(
    `/repos/${repository}/actions/runs/${id}/artifacts`,
    (answer: { artifacts: readonly Listed[] }) => answer.artifacts,
  );
  const artifact = artifacts.find(({ name }) => name === ARTIFACT.name);
  if (artifact === undefined) return undefined;
  if (artifact.size_in_bytes > PACKED_LIMIT)
    throw suspicious(`it must have at most ${PACKED_LIMIT} bytes, got ${artifact.size_in_bytes}`);
  return unpack(await forge.download(`/repos/${repository}/actions/artifacts/${artifact.id}/zip`, PACKED_LIMIT));
}

/** The only file in a zip, unpacked in memory, so that no path in the zip is ever written. */
function unpack(zip: Uint8Array): string {
  const names: string[] = [];
  const files = read(zip, ({ name, originalSize }) => {
    names.push(name);
    return name === ARTIFACT.file && originalSize <= COMMENT_LIMIT;
  });
  const { [ARTIFACT.file]: file } = files;
  if (names.length !== 1 || names[0] !== ARTIFACT.file)
    throw suspicious(`it must contain only ${ARTIFACT.file}, got ${JSON.stringify(names.slice(0, 5))}`);
  if (file === undefined) throw suspicious(`${ARTIFACT.file} must have at most ${COMMENT_LIMIT} bytes`);
  const text = new TextDecoder().decode(file);
  if (!text.startsWith(`${MARKER}\n`)) throw suspicious(`${ARTIFACT.file} must begin with ${MARKER}`);
  return text;
}

function read(
  zip: Uint8Array,
  filter: (file: { name: string; originalSize: number }) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, { filter });
  } catch (error) {
    throw suspicious(`it must be a zip file: ${error}`);
  }
}

function suspicious(what: string): ConfigurationError {
  return new ConfigurationError({
    code: 'artifact-invalid',
    where: `artifact '${ARTIFACT.name}'`,
    problem: what,
    fix: 'review what the pull request changes in its own preview; nothing was posted',
  });
}
