import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { debianRoot, discard, linkBusybox } from './debian.ts';

/** Folder of Debian's Java in the images. */
export const JAVA = '/usr/lib/jvm/java-17-openjdk-amd64';

/** Sources of images that are not only for the embedded cluster. */
const BUILD = join(import.meta.dirname, '../../build/images');

/** Unpacks Debian's Java and a shell into a root file system. */
export async function javaRoot(folder: string): Promise<void> {
  await debianRoot(folder, ['openjdk-17-jre-headless', 'busybox']);
  await discard(folder, `${JAVA.slice(1)}/legal`, 'usr/share/fonts', 'usr/share/X11');
  await linkBusybox(folder);
}

/**
 * Downloads the jars of `infra/build/images/NAME/pom.xml`, and what they depend on.
 * @throws ConfigurationError if Maven can't get them
 */
export async function jars(name: string, into: string): Promise<void> {
  const args = [
    '-q',
    '-B',
    '-f',
    join(BUILD, name, 'pom.xml'),
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${into}`,
  ];
  const { failed, all } = await execa('mvn', args, { reject: false, all: true, stdin: 'ignore' });
  if (failed)
    throw new ConfigurationError({
      code: 'image-build-failed',
      where: `jars of ${name}`,
      problem: `mvn can't get them:\n${all.slice(-1000)}`,
      fix: 'install Maven, and see that its repository answers',
    });
}

/**
 * Compiles a class of ours into a jar beside those that it uses.
 * @param source below infra/build/images, such as `kafka/tls/groundwork/kafka/RenewingSslEngineFactory.java`
 */
export async function compileJar(work: string, source: string, libs: string, jar: string): Promise<void> {
  const classes = join(work, 'classes');
  await mkdir(classes);
  await execa('javac', ['--release', '17', '-cp', `${libs}/*`, '-d', classes, join(BUILD, source)]);
  // A fixed date: the same source is the same jar.
  await execa('jar', ['--create', '--date=1980-01-01T00:00:02Z', '--file', join(libs, jar), '-C', classes, '.']);
}
