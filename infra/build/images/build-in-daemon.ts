import { execa } from 'execa';
import type { Progress } from '../../tools/progress.ts';
import { buildSecrets } from './build-secrets.ts';
import { requireDocker } from './docker-requirements.ts';
import { buildFailed, stepOf } from './failure.ts';

/** Inputs of a Docker build of one image. */
export interface DockerBuild {
  readonly context: string;
  readonly dockerfile: string;
  /** Build arguments, including the base images. */
  readonly args: Readonly<Record<string, string>>;
  /** Content tag. */
  readonly tag: string;
  /** Name with tag, such as `groundwork.local/users:0f3c…`. */
  readonly name: string;
}

/**
 * Builds an image into the daemon's store, unless it exists there.
 * @returns whether it was built
 * @throws ConfigurationError as `requireDocker` does; with the step that failed and the last lines of its output
 */
export async function buildInDaemon(
  image: string,
  { context, dockerfile, args, name }: DockerBuild,
  progress: Progress,
): Promise<boolean> {
  if (!(await execa('docker', ['image', 'inspect', name], { reject: false })).failed) return false;
  await requireDocker();
  progress.step(`building image ${image}`);
  const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  const secrets = await buildSecrets(context);
  const how = ['--progress', 'plain', '--provenance=false', '--output', outputOf(name), ...secrets.args];
  const run = execa('docker', ['buildx', 'build', ...how, ...given, '--file', dockerfile, context], {
    env: { SOURCE_DATE_EPOCH: '0', ...secrets.env },
    reject: false,
    all: true,
  });
  const output: string[] = [];
  for await (const line of run.iterable({ from: 'all' })) {
    output.push(line);
    const step = stepOf(line);
    if (step !== undefined) progress.step(`building image ${image}: ${step}`);
  }
  if ((await run).failed) throw buildFailed(image, dockerfile, output);
  return true;
}

/**
 * Into the daemon, without timestamps: the same content gives the same digest. Docker's containerd store would unpack the
 * image at once, which BuildKit does not support with changed timestamps; Docker unpacks it when a container starts.
 */
function outputOf(name: string): string {
  return `type=docker,name=${name},rewrite-timestamp=true,unpack=false`;
}
