import { ConfigurationError, textAt } from '@groundwork/contract';
import { chooseCluster } from './drivers.ts';
import { environmentOf, type Program } from './program.ts';

/**
 * Plays the program's demo against the running local environment, and prints what happened in which service. Exit code 1
 * if anything was wrong.
 * @throws ConfigurationError `cluster-unavailable` if the environment does not run or does not answer
 */
export async function demo(program: Program, options: { readonly cluster?: string }): Promise<void> {
  const url = await gatewayOf(program, options.cluster);
  const wrong: string[] = [];
  const services = program.images.map(({ name }) => name.length);
  const width = Math.max(...services) + 2;
  console.log(`The shop at ${url}`);
  const check = (holds: boolean, what: string) => {
    if (holds) return;
    wrong.push(what);
    console.log(`  ${'wrong'.padEnd(width)}${what}`);
  };
  const saw = (service: string, what: string, requestId?: string) =>
    console.log(`  ${service.padEnd(width)}${what}${requestId === undefined ? '' : `  (request ${requestId})`}`);
  await program
    .demo(url, { part: (title) => console.log(`\n${title}`), saw, check })
    .catch((error: unknown) => check(false, `${error}`));
  if (wrong.length === 0) return console.log('\nAll of it was right.');
  console.log(`\nWrong:\n${wrong.map((what) => `  ${what}`).join('\n')}`);
  process.exitCode = 1;
}

async function gatewayOf(program: Program, wanted: string | undefined): Promise<string> {
  const environment = environmentOf(program);
  const unavailable = (problem: string, fix = 'run `npm start`') =>
    new ConfigurationError({ code: 'cluster-unavailable', where: `environment '${environment.name}'`, problem, fix });
  const { driver } = await chooseCluster({ wanted, context: environment.context });
  const cluster = await driver.find();
  if (cluster === undefined) throw unavailable(`its cluster (${driver.name}) is not running`);
  const { gatewayUrl } = cluster;
  if (gatewayUrl === undefined)
    throw unavailable(
      "its cluster does not forward the gateway's port to this machine",
      'use kind or the embedded cluster: `npm run demo -- --cluster embedded`',
    );
  const answer = await fetch(new URL('/openapi.json', gatewayUrl), { signal: AbortSignal.timeout(10_000) }).catch(
    (error: unknown) => ({ ok: false, status: textAt(error, 'message') }),
  );
  if (!answer.ok) throw unavailable(`its gateway at ${gatewayUrl} does not answer: ${answer.status}`);
  return gatewayUrl;
}
