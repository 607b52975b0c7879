/**
 * A language host for tests of the `pulumi` CLI on machines that have its Go modules only: as the released one, it runs
 * `@pulumi/pulumi/cmd/run` for each program. Called by the engine as `pulumi-language-nodejs ADDRESS`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import language from '@pulumi/pulumi/proto/language_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import type { Empty } from 'google-protobuf/google/protobuf/empty_pb.js';

const require = createRequire(import.meta.url);
const { LanguageRuntimeService } = require('@pulumi/pulumi/proto/language_grpc_pb.js');
/** Exit code of a program that has logged its error itself. */
const LOGGED = 32;

const engine = process.argv.at(-1) ?? '';

async function run(request: language.RunRequest): Promise<language.RunResponse> {
  const info = request.getInfo();
  const args = [
    require.resolve('@pulumi/pulumi/cmd/run'),
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--organization=${request.getOrganization()}`,
    `--root-directory=${info?.getRootDirectory() ?? ''}`,
    `--pwd=${request.getPwd()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ['--dry-run'] : []),
    request.getProgram(),
  ];
  const child = spawn(process.execPath, args, {
    cwd: request.getPwd(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: 'false',
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const [code] = await once(child, 'close');
  const response = new language.RunResponse();
  if (code === LOGGED) response.setBail(true);
  else if (code !== 0) response.setError(`the program exited with ${code}`);
  return response;
}

/** Answers a call with the result of a function of its request. */
const answer =
  <Request, Response>(work: (request: Request) => Response | Promise<Response>) =>
  ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve(request)
      .then(work)
      .then(
        (response) => callback(null, response),
        (error) => callback(error),
      );
  };

const server = new Server({ 'grpc.max_receive_message_length': -1 });
server.addService(LanguageRuntimeService, {
  handshake: answer(() => new language.LanguageHandshakeResponse()),
  getPluginInfo: answer((_: Empty) => new plugin.PluginInfo()),
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  run: answer(run),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});
