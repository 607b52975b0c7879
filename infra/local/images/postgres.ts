import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { debianRoot, discard, linkBusybox, makeFolder, put } from './debian.ts';
import type { ImageConfig, Made } from './oci.ts';

const MAJOR = 15;
const BIN = `/usr/lib/postgresql/${MAJOR}/bin`;
const LIB = 'usr/lib/x86_64-linux-gnu';
/** User of the public image, which volumes belong to. */
const POSTGRES = 999;

/** The JIT compiler, of 100 MB, and the Perl that only Debian's own wrappers use. */
const UNUSED = [
  `usr/lib/postgresql/${MAJOR}/lib/bitcode`,
  `usr/lib/postgresql/${MAJOR}/lib/llvmjit.so`,
  `usr/lib/postgresql/${MAJOR}/lib/llvmjit_types.bc`,
  'usr/lib/llvm-14',
  `${LIB}/perl-base`,
  'usr/share/perl5',
];
const UNUSED_LIBRARIES = /^(libLLVM|libz3|libperl)/;

const config: ImageConfig = {
  User: `${POSTGRES}:${POSTGRES}`,
  Env: [`PATH=${BIN}:/usr/local/bin:/usr/bin:/bin`, 'LANG=C.UTF-8', 'PGDATA=/var/lib/postgresql/data'],
  Entrypoint: ['docker-entrypoint.sh'],
  Cmd: ['postgres'],
  ExposedPorts: { '5432/tcp': {} },
};

/** Debian's PostgreSQL with psql, pgBackRest and a shell, under the public image's user and entry point. */
export async function postgres(work: string): Promise<Made> {
  const root = join(work, 'postgres');
  await debianRoot(root, [`postgresql-${MAJOR}`, 'pgbackrest', 'tzdata', 'busybox']);
  const { stdout } = await execa('chroot', [root, `${BIN}/postgres`, '--version']);
  const version = /\d+\.\d+/.exec(stdout)?.[0] ?? `${MAJOR}`;
  await discard(root, ...UNUSED, ...(await libraries(root)), 'etc/postgresql', 'etc/postgresql-common');
  await linkBusybox(root);
  await put(
    root,
    'usr/local/bin/docker-entrypoint.sh',
    await readFile(join(import.meta.dirname, 'postgres-entrypoint.sh')),
    0o755,
  );
  await put(
    root,
    'etc/passwd',
    `${await readFile(join(root, 'etc/passwd'), 'utf8')}postgres:x:${POSTGRES}:${POSTGRES}::/var/lib/postgresql:/bin/sh\n`,
  );
  await put(root, 'etc/group', `${await readFile(join(root, 'etc/group'), 'utf8')}postgres:x:${POSTGRES}:\n`);
  await makeFolder(root, 'docker-entrypoint-initdb.d');
  for (const folder of ['var/lib/postgresql', 'var/lib/postgresql/data', 'run/postgresql'])
    await makeFolder(root, folder, { owner: POSTGRES });
  return { version, layers: [{ folder: root, keepOwners: true }], config };
}

async function libraries(root: string): Promise<string[]> {
  const { stdout } = await execa('ls', [join(root, LIB)]);
  return stdout
    .split('\n')
    .filter((name) => UNUSED_LIBRARIES.test(name))
    .map((name) => join(LIB, name));
}
