import { readFileSync } from 'node:fs';
import { Mistake } from '@groundwork/contract';
import type { Cluster, DriverName } from '../cluster/driver.ts';
import { chooseCluster } from '../cluster/index.ts';
import { Kubectl } from '../deploy/kubectl.ts';
import { SecretsFile } from '../deploy/secrets-file.ts';
import { type KnownSecret, ROTATIONS, rotate as rotateSecret, secretsOf } from '../secrets/index.ts';
import { namedImages } from './named-images.ts';
import { runPhases } from './phases.ts';
import type { Program } from './program.ts';
import { table } from './table.ts';

export interface SecretsOptions {
  readonly cluster?: DriverName;
}

/** Prints the secrets of the dev environment: name, owner, purpose, age and how each is rotated; never a value. */
export async function secrets(program: Program, options: SecretsOptions): Promise<void> {
  const { namespace, name, cluster } = await devCluster(program, options);
  const known = secretsOf(program.compose(name, namedImages));
  const since = cluster === undefined ? new Map<string, Date>() : await births(cluster, namespace, known);
  const rows = known.map((secret) => [secret.name, secret.owner, age(since.get(secret.name)), ROTATIONS[secret.rotation], secret.purpose]);
  console.log(table([['secret', 'owner', 'age', 'rotates', 'purpose'], ...rows]));
  if (cluster === undefined) console.log('\nages are known once the environment runs: `npm start`');
}

/** Rotates one secret of the dev environment, by the apply engine's means. */
export async function rotate(program: Program, name: string, options: SecretsOptions & { readonly from?: string }): Promise<void> {
  const { namespace, name: environment, cluster } = await devCluster(program, options);
  if (cluster === undefined) throw new Mistake('npm run secrets › rotate', 'the dev environment is not running', 'start it: `npm start`');
  const given = options.from === undefined ? {} : { given: read(options.from) };
  const entries = program.compose(environment, namedImages);
  await runPhases([{ title: `Rotate ${name}`, run: (progress) => rotateSecret({ name, namespace, cluster, entries, ...given }, progress) }]);
}

async function devCluster(program: Program, { cluster: wanted }: SecretsOptions) {
  const { name, namespace, context } = program.environments.dev as Program['environments'][string];
  const { driver } = await chooseCluster({ wanted, context });
  return { name, namespace, cluster: await driver.find() };
}

/** When each secret got its present value. */
async function births({ kubectl, state }: Cluster, namespace: string, known: readonly KnownSecret[]): Promise<Map<string, Date>> {
  const file = SecretsFile.of({ state }, namespace);
  const certificates = known.some(({ format }) => format === 'certificate') ? await new Kubectl({ kubectl }).list(namespace, CERTIFICATES).catch(() => []) : [];
  const issued = new Map(certificates.map(({ metadata, status }) => [metadata.name, status?.notBefore as string | undefined]));
  return new Map(
    known.flatMap(({ name, format }): [string, Date][] => {
      const since = format === 'certificate' ? issued.get(name) : file.kept(name)?.since;
      return since === undefined ? [] : [[name, new Date(since)]];
    }),
  );
}

const CERTIFICATES = 'certificates.cert-manager.io';

function age(since: Date | undefined): string {
  if (since === undefined) return 'not made yet';
  const minutes = Math.floor((Date.now() - since.getTime()) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} days`;
}

/** A value that somebody decided on: from a file, since a command line is seen by all of the machine. */
function read(file: string): string {
  try {
    const value = readFileSync(file === '-' ? 0 : file, 'utf8').trimEnd();
    if (value !== '') return value;
  } catch (error) {
    throw new Mistake(
      `--from ${file}`,
      `it can't be read: ${(error as NodeJS.ErrnoException).code}`,
      'name a file that holds the value, or - for standard input',
    );
  }
  throw new Mistake(`--from ${file}`, 'it is empty', 'name a file that holds the value, or - for standard input');
}
