import { readFileSync } from 'node:fs';
import { ConfigurationError, textAt } from '@groundwork/contract';
import { type Cluster, type EngineName, Kubectl, PulumiEngine, SecretsFile, Stack } from '../deploy/index.ts';
import { ROTATIONS, rotate as rotateSecret, rotationDates, StackSecrets, secretsOf } from '../operate/index.ts';
import { runPhases } from '../tools/phases.ts';
import { type Progress, table } from '../tools/progress.ts';
import { chooseCluster, chooseEngine } from './drivers.ts';
import { environmentOf, namedImages, type Program } from './program.ts';

/** Where errors say the environment is named. */
const WHERE = 'npm run secrets › --environment';

export interface SecretsOptions {
  /** @default the local environment */
  readonly environment?: string;
  readonly cluster?: string;
}

export interface RotateOptions extends SecretsOptions {
  readonly engine?: EngineName;
  readonly from?: string;
}

/** Prints the secrets of an environment: name, owner, purpose, age and how each is rotated; never a value. */
export async function secrets(program: Program, options: SecretsOptions): Promise<void> {
  const { namespace, name } = environmentOf(program, options.environment, WHERE);
  const { cluster, missing } = await running(program, options);
  const known = secretsOf(program.compose(name, namedImages));
  const since =
    cluster === undefined
      ? new Map<string, Date>()
      : await rotationDates(new Kubectl(cluster), namespace, known, SecretsFile.of(cluster, namespace));
  const rows = known.map((secret) => [
    secret.name,
    secret.owner,
    age(since.get(secret.name)),
    ROTATIONS[secret.rotation],
    secret.purpose,
  ]);
  console.log(table([['secret', 'owner', 'age', 'rotates', 'purpose'], ...rows]));
  if (cluster === undefined) console.log(`\nages are recorded in the cluster of ${name}: ${missing}`);
}

/** Rotates one secret of an environment, in its cluster and in the store of the engine that deploys it. */
export async function rotate(program: Program, name: string, options: RotateOptions): Promise<void> {
  const { namespace, name: environment } = environmentOf(program, options.environment, WHERE);
  const isLocal = environment === program.localEnvironment;
  const { cluster, missing } = await running(program, options);
  const where = 'npm run secrets › rotate';
  if (cluster === undefined)
    throw new ConfigurationError({
      code: 'cluster-unavailable',
      where,
      problem: `the cluster of ${environment} is unreachable`,
      fix: missing,
    });
  if (!isLocal && options.engine === 'apply')
    throw new ConfigurationError({
      code: 'option-invalid',
      where: `${where} › --engine`,
      problem: `only ${program.localEnvironment} is deployed by 'apply'`,
      fix: 'leave it out',
    });
  const given = options.from === undefined ? {} : { given: read(options.from) };
  const system = program.compose(environment, namedImages);
  const run = async (progress: Progress): Promise<string> => {
    const open = isLocal
      ? await localStore(program, cluster, environment, namespace, options.engine, progress)
      : async () => StackSecrets.of(await Stack.shared(environment));
    return rotateSecret({ name, namespace, cluster, system, ...given, ...(open && { open }) }, progress);
  };
  await runPhases([{ title: `Rotate ${name}`, run }]);
  const isKept = secretsOf(system).some((one) => one.name === name && one.format !== 'certificate');
  if (!isLocal && isKept) console.log(`Pulumi.${environment}.yaml has the rotated value, encrypted: commit it`);
}

/** The environment's cluster, or why it is unavailable. */
async function running(
  program: Program,
  options: SecretsOptions,
): Promise<{ readonly cluster: Cluster | undefined; readonly missing: string }> {
  const { name, context } = environmentOf(program, options.environment, WHERE);
  try {
    const { driver } = await chooseCluster({
      wanted: options.cluster ?? (name === program.localEnvironment ? undefined : 'context'),
      context,
    });
    return { cluster: await driver.find(), missing: 'start it: `npm start`' };
  } catch (error) {
    if (!(error instanceof ConfigurationError) || name === program.localEnvironment) throw error;
    return { cluster: undefined, missing: `${error.problem}; ${error.fix}` };
  }
}

/** Opens the store of the local environment's values for the engine that `npm start` would use; undefined for `apply`. */
async function localStore(
  program: Program,
  cluster: Cluster,
  environment: string,
  namespace: string,
  wanted: EngineName | undefined,
  progress: Progress,
) {
  const { engine } = await chooseEngine(wanted, program, progress);
  if (!(engine instanceof PulumiEngine)) return undefined;
  return async () => StackSecrets.of(await engine.stack(cluster, environment), SecretsFile.of(cluster, namespace));
}

function age(since: Date | undefined): string {
  if (since === undefined) return 'not created yet';
  const minutes = Math.floor((Date.now() - since.getTime()) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} days`;
}

/** Reads a given value from a file, since command lines are visible to all users of the machine. */
function read(file: string): string {
  try {
    const value = readFileSync(file === '-' ? 0 : file, 'utf8').trimEnd();
    if (value !== '') return value;
  } catch (error) {
    throw new ConfigurationError({
      code: 'secret-invalid',
      where: `--from ${file}`,
      problem: `it can't be read: ${textAt(error, 'code')}`,
      fix: 'name a file with the value, or - for standard input',
    });
  }
  throw new ConfigurationError({
    code: 'secret-invalid',
    where: `--from ${file}`,
    problem: 'it is empty',
    fix: 'name a file with the value, or - for standard input',
  });
}
