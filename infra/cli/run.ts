import { Command, Option } from 'commander';
import { runMain } from '../tools/run-main.ts';
import { alertTest } from './alert-test.ts';
import { demo } from './demo.ts';
import { down } from './down.ts';
import { explain } from './explain.ts';
import { graph } from './graph.ts';
import { guarantees } from './guarantees.ts';
import { newService, STORES } from './new-service/index.ts';
import type { Program } from './program.ts';
import { rebuild } from './rebuild.ts';
import { release } from './release.ts';
import { replay } from './replay.ts';
import { restore } from './restore.ts';
import { rotate, secrets } from './secrets.ts';
import { slo } from './slo.ts';
import { start } from './start.ts';
import { status } from './status.ts';

/** Runs the command line of a set of stacks. */
export async function run(program: Program, argv: readonly string[]): Promise<void> {
  const local = program.localEnvironment;
  const cli = new Command('groundwork')
    .description('Deploys and shows the environments of this repository')
    .showHelpAfterError();
  const cluster = () =>
    new Option('--cluster <driver>', 'which cluster to use (default: the first available)').choices([
      'context',
      'kind',
      'embedded',
    ]);

  cli
    .command('start')
    .description(`bring up the ${local} environment, or update it to match the code`)
    .addOption(cluster())
    .addOption(
      new Option('--engine <engine>', 'deploy engine (default: pulumi if it is installed)').choices([
        'apply',
        'pulumi',
      ]),
    )
    .addOption(
      new Option(
        '--only <systems...>',
        'bring up only these systems and services, and their dependencies; nothing is pruned',
      ),
    )
    .action((options) => start(program, options));
  cli
    .command('status')
    .description(`show the ${local} environment's health`)
    .addOption(cluster())
    .action((options) => status(program, options));
  cli
    .command('demo')
    .description(`play a customer's day in the running ${local} environment, and show what happened in which service`)
    .addOption(cluster())
    .action((options) => demo(program, options));
  cli
    .command('down')
    .description('remove everything that start created')
    .addOption(cluster())
    .option('--keep-data', 'keep volumes and the secrets that unlock them')
    .action((options) => down(program, options));
  cli
    .command('new')
    .description('write the code of something new')
    .command('service')
    .description('write a service with its contract and tests, and list it everywhere')
    .argument('<name>', 'such as reviews')
    .addOption(new Option('--owns <store>', 'database of the service (default: none)').choices(STORES))
    .option('--calls <services...>', 'services that it calls, such as catalog')
    .option('--consumes <topics...>', 'events that it consumes, such as order.placed')
    .action((name, options) => newService(program, name, options));
  cli
    .command('graph')
    .description('print the contracts as a Mermaid graph and write an SVG')
    .option('--out <file>', 'path of the SVG', 'dist/graph.svg')
    .option('--asyncapi', 'print the events as an AsyncAPI document instead', false)
    .option('--env <environment>', 'whose topics the AsyncAPI document describes', local)
    .action((options) => graph(program, options));
  cli
    .command('explain')
    .description('print the origin of each object: the contract field or prop that caused it')
    .argument('[object]', 'such as Deployment/users (default: all)')
    .option('--env <environment>', 'which environment', local)
    .action((object, options) => explain(program, object, options));
  cli
    .command('release')
    .description('build the images and write their digests to the lock file')
    .action(() => release(program));
  cli
    .command('restore')
    .description("restore an environment's PostgreSQL to a point in time, or its Consul from a snapshot")
    .requiredOption('--environment <environment>', `such as ${local}`)
    .option('--to <timestamp>', "PostgreSQL: time with its zone, such as '2026-11-23T06:10:00Z'")
    .option('--consul [snapshot]', 'Consul: a file of its snapshot volume (default: the newest)')
    .addOption(cluster())
    .action((options) => restore(program, options));
  cli
    .command('replay')
    .description('publish the messages of a dead-letter topic to their topic again, after the cause is fixed')
    .argument('<topic>', 'such as user.registered.notifications.dlt')
    .option('--environment <environment>', 'such as production', local)
    .option('--dry-run', 'only count them, by reason')
    .addOption(cluster())
    .action((topic, options) => replay(program, topic, options));
  cli
    .command('rebuild')
    .description('rebuild what a service derives from events, from their topics, while it runs')
    .argument('<service>', 'such as order-history')
    .option('--environment <environment>', 'which environment', local)
    .addOption(cluster())
    .action((service, options) => rebuild(program, service, options));
  cli
    .command('alert:test')
    .description('send a test alert through Alertmanager, and show which receivers got it')
    .option('--environment <environment>', 'such as production', local)
    .addOption(new Option('--severity <severity>', 'of the alert').choices(['page', 'ticket']).default('page'))
    .addOption(cluster())
    .action((options) => alertTest(program, options));
  cli
    .command('slo')
    .description("show each service's error budget: objective, measured, left, and how fast it is used")
    .option('--environment <environment>', 'such as production', local)
    .addOption(cluster())
    .action((options) => slo(program, options));
  cli
    .command('guarantees')
    .description('show the guarantees of each system of an environment: kept, required and waived')
    .argument('[environment]', 'such as production', local)
    .action((environment) => guarantees(program, environment));
  const secretsCommand = cli
    .command('secrets')
    .description('list the secrets of an environment: owner, age, and how each is rotated')
    .option('--environment <environment>', 'such as production', local)
    .addOption(cluster())
    .action((options) => secrets(program, options));
  secretsCommand
    .command('rotate')
    .description('rotate a secret and restart the workloads that read it')
    .argument('<name>', 'such as secrets/users/token-keys')
    .addOption(
      new Option('--engine <engine>', `deploy engine of ${local} (default: the one that \`start\` selects)`).choices([
        'apply',
        'pulumi',
      ]),
    )
    .option('--from <file>', 'file with the value, for a secret issued by a third party; - for standard input')
    .action((name, _, command: Command) => rotate(program, name, command.optsWithGlobals()));

  await runMain(() => cli.parseAsync([...argv], { from: 'user' }));
}
