import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';

/**
 * Oldest versions that are supported. buildx knows `--provenance` since 0.10. BuildKit sets the times of files since 0.13,
 * which Docker Engine 26 has; with an older one the same content gives different images.
 */
const OLDEST = { buildx: '0.10', BuildKit: '0.13', 'Docker Engine': '26.0' } as const;

const INSTALL =
  'install the plugin of your system, such as docker-buildx-plugin; `docker buildx version` must print its version';

/**
 * Checks what a build needs: the docker CLI, a daemon that responds, the plugin buildx, and the builder that it uses.
 * @throws ConfigurationError `tool-missing`, `docker-unreachable`, `buildx-missing` or `docker-outdated`
 */
export async function requireDocker(): Promise<void> {
  const daemon = await docker('version', '--format', '{{.Server.Version}}');
  if (daemon.code === 'ENOENT')
    throw new ConfigurationError({
      code: 'tool-missing',
      where: 'docker',
      problem: 'there is no `docker` on PATH',
      fix: 'install Docker with buildx, or use another kind of cluster',
    });
  if (daemon.failed) throw unreachable('the Docker daemon', daemon.stderr, 'start Docker; `docker info` must respond');
  const plugin = await docker('buildx', 'version');
  if (plugin.failed)
    throw new ConfigurationError({
      code: 'buildx-missing',
      where: 'docker buildx',
      problem: `docker has no plugin buildx, which builds images: ${plugin.stderr.trim().split('\n')[0]}`,
      fix: INSTALL,
    });
  requireVersion('buildx', / v?(\d+\.\d+\S*)/.exec(plugin.stdout)?.[1], INSTALL);
  const builder = await docker('buildx', 'inspect', '--bootstrap');
  if (builder.failed) throw unreachable('the builder', builder.stderr, '`docker buildx ls` lists the builders');
  const [, version] = /^Build[kK]it(?: version)?:\s*v?(\d\S*)/m.exec(builder.stdout) ?? [];
  // A daemon that does not report the version of its BuildKit is known by its own, which is 17 or more.
  const part = version === undefined || numbers(version)[0] >= 17 ? 'Docker Engine' : 'BuildKit';
  requireVersion(part, version ?? daemon.stdout, BUILDER);
}

const BUILDER =
  'update Docker, or use a builder of a newer version: `docker buildx create --driver docker-container --use`';

function unreachable(what: string, stderr: string, fix: string): ConfigurationError {
  return new ConfigurationError({
    code: 'docker-unreachable',
    where: 'docker',
    problem: `${what} does not respond: ${lastLine(stderr)}`,
    fix,
  });
}

/** What programs print that were built without a version. */
const UNKNOWN = '0.0.0+unknown';

/** @throws ConfigurationError for an older version than the oldest. A build of sources has none, and is accepted. */
function requireVersion(part: keyof typeof OLDEST, version: string | undefined, fix: string): void {
  const [major, minor] = numbers(version ?? UNKNOWN);
  const [oldestMajor, oldestMinor] = numbers(OLDEST[part]);
  const unknown = major === 0 && minor === 0;
  if (unknown || major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new ConfigurationError({
    code: 'docker-outdated',
    where: 'docker',
    problem: `${part} must be ${OLDEST[part]} or newer, got ${version}`,
    fix,
  });
}

function numbers(version: string): readonly [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  return [major, minor];
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function docker(...args: readonly string[]) {
  return execa('docker', args, { reject: false, stdin: 'ignore' });
}
