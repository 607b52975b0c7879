import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { Check } from '../../deploy/index.ts';
import { type BusyPort, busyPorts } from '../../tools/ports.ts';
import { GO } from './binaries.ts';
import type { Layout } from './layout.ts';

/** Facts that determine whether the embedded cluster can run here. */
export interface Facts {
  readonly platform: string;
  readonly arch: string;
  readonly root: boolean;
  readonly aptGet: boolean;
  /** Whether this cluster runs already: then it uses the ports, memory and disk itself. */
  readonly running: boolean;
  /** Bytes available to new processes. */
  readonly memory: number;
  /** Free bytes on the disk of the cluster's state. */
  readonly disk: number;
  readonly busyPorts: readonly BusyPort[];
  /** Whether binaries have to be built, which needs Go. */
  readonly mustBuild: boolean;
  /** Such as `1.26.8`; undefined if there is no Go. */
  readonly go: string | undefined;
}

const GIB = 2 ** 30;
/** The cluster uses 1.3 GiB, the compiler at most 2.5 GiB, the shop the rest. */
const LEAST_MEMORY = 4 * GIB;
/** Go's caches use 6 GiB, images and state the rest; without a build 3 GiB are sufficient. */
const LEAST_DISK = { build: 8 * GIB, run: 3 * GIB } as const;

/** Returns the first requirement that is not met, or that all are. */
export function judge(facts: Facts): Check {
  const no = (why: string, fix: string): Check => ({ usable: false, why, fix });
  const { go } = facts;
  if (facts.platform !== 'linux')
    return no(`it needs Linux, got ${facts.platform}`, 'use kind, or a virtual machine with Debian 12');
  if (facts.arch !== 'x64') return no(`its images are built for x64, got ${facts.arch}`, 'use kind');
  if (!facts.root)
    return no('it creates namespaces, mounts and cgroups, and you are not root', 'run the same command as root');
  if (!facts.aptGet)
    return no('it needs containerd and other Debian packages, and there is no apt-get', 'use Debian 12, or kind');
  if (facts.running) return { usable: true, why: 'this is Linux as root, and it runs already' };
  if (facts.mustBuild && go === undefined)
    return no(
      `it is built with Go ${GO} or newer, and there is no \`go\` on PATH`,
      `install Go ${GO} or newer, and put its bin folder on PATH`,
    );
  if (facts.mustBuild && go !== undefined && older(go, GO))
    return no(
      `it is built with Go ${GO} or newer, got Go ${go}`,
      `install Go ${GO} or newer, and put its bin folder first on PATH`,
    );
  if (facts.memory < LEAST_MEMORY)
    return no(
      `it needs 4 GiB of free memory, and ${gib(facts.memory)} are free`,
      'end processes that use memory (`ps aux --sort=-rss | head`), or use a larger machine',
    );
  const disk = facts.mustBuild ? LEAST_DISK.build : LEAST_DISK.run;
  if (facts.disk < disk)
    return no(
      `it needs ${gib(disk)} of free disk, and ${gib(facts.disk)} are free`,
      'free disk space, or set GROUNDWORK_CACHE to a folder on a larger disk',
    );
  const [busy] = facts.busyPorts;
  if (busy !== undefined)
    return no(
      `port ${busy.port} on 127.0.0.1 is busy: ${busy.holder} listens there`,
      `end that process, or set ${busy.variable} to another port`,
    );
  return { usable: true, why: 'this is Linux as root' };
}

/** Gathers the facts about this machine. */
export async function gatherFacts(
  layout: Layout,
  state: { readonly running: boolean; readonly mustBuild: boolean },
): Promise<Facts> {
  const ports = { GROUNDWORK_API_PORT: layout.apiPort, GROUNDWORK_HTTP_PORT: layout.httpPort };
  return {
    ...state,
    platform: process.platform,
    arch: process.arch,
    root: process.getuid?.() === 0,
    aptGet: existsSync('/usr/bin/apt-get'),
    memory: await availableMemory(),
    disk: await freeDisk(layout.state),
    busyPorts: state.running ? [] : await busyPorts(ports),
    go: await goVersion(),
  };
}

async function goVersion(): Promise<string | undefined> {
  // Outside any module, so that no go.mod selects another toolchain.
  const { stdout, failed } = await execa('go', ['env', 'GOVERSION'], { reject: false, cwd: '/' });
  return failed ? undefined : /go(\d+(?:\.\d+)*)/.exec(stdout)?.[1];
}

async function availableMemory(): Promise<number> {
  const text = existsSync('/proc/meminfo') ? await readFile('/proc/meminfo', 'utf8') : '';
  const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
}

/** Free bytes of the nearest existing folder: the check creates nothing, so it needs no write access. */
async function freeDisk(folder: string): Promise<number> {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  return bavail * bsize;
}

function older(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
