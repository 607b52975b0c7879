import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, put } from './debian.ts';
import { compileJar, JAVA, jars, javaRoot } from './java.ts';
import type { ImageConfig, Made } from './oci.ts';

const HOME = '/opt/cassandra';
/** User of the public image. */
const USER = 999;

const config: ImageConfig = {
  User: `${USER}:${USER}`,
  WorkingDir: HOME,
  Env: [`PATH=${JAVA}/bin:/usr/local/bin:/usr/bin:/bin`, `JAVA_HOME=${JAVA}`],
  ExposedPorts: { '9042/tcp': {} },
};

/** Apache Cassandra's jars on Debian's Java, with the agent for metrics and roles without a default superuser. */
export async function cassandra(work: string): Promise<Made> {
  const [java, own] = [join(work, 'java'), join(work, 'cassandra')];
  await javaRoot(java);
  await put(
    java,
    'etc/passwd',
    `root:x:0:0:root:/root:/sbin/nologin\ncassandra:x:${USER}:${USER}::/tmp:/sbin/nologin\n`,
  );
  await put(java, 'etc/group', `root:x:0:\ncassandra:x:${USER}:\n`);
  await makeFolder(own, `${HOME}/lib`.slice(1));
  const libs = join(own, HOME, 'lib');
  await jars('cassandra', libs);
  const source = 'cassandra/auth/groundwork/cassandra/ProvisionedRoleManager.java';
  await compileJar(work, source, libs, 'groundwork-cassandra-roles.jar');
  const version =
    (await readdir(libs))
      .map((name) => /^cassandra-all-(.*)\.jar$/.exec(name)?.[1])
      .find((found) => found !== undefined) ?? '';
  return {
    version,
    layers: [
      { folder: java, keepOwners: true },
      { folder: own, keepOwners: true },
    ],
    config,
  };
}
