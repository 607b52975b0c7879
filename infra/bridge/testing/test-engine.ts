import { type ComponentResource, type CustomResource, runtime } from '@pulumi/pulumi';
import type { Alias } from '@pulumi/pulumi/proto/alias_pb.js';
import type { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';

/** One resource as Pulumi's engine receives it. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Secrets as `{ secret: value }`, so that tests see what is encrypted. */
  readonly inputs: Record<string, unknown>;
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly aliases: readonly { readonly type: string; readonly name: string }[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Longest waits to create, update and delete, such as `600s`. */
  readonly timeouts: readonly (string | undefined)[];
}

/** Pulumi's own mark of a secret on the wire. */
const MARK = '4dabf18193072939515e22adb298388d';

type Request = Parameters<MockMonitor['registerResource']>[0];
type Registration = {
  readonly components: ReadonlyMap<string, ComponentResource>;
  readonly objects: ReadonlyMap<string, CustomResource>;
};

/**
 * Runs a program against Pulumi's mocks and returns the registered resources in order. It intercepts the monitor, since
 * the mocks hide options and secrets. Config keys are full, such as `groundwork:secrets`.
 */
export async function registeredBy(
  program: () => Registration,
  { stack = 'dev', config = {} }: { stack?: string; config?: Record<string, string> } = {},
): Promise<Registered[]> {
  runtime.setAllConfig(config, Object.keys(config));
  await runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) },
    'groundwork',
    stack,
  );
  const monitor = runtime.getMonitor() as unknown as MockMonitor;
  const registered: Registered[] = [];
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Request, callback) =>
    register(request, (error: unknown, response: { getUrn(): string }) => {
      if (response) registered.push(describe(request, response.getUrn()));
      callback(error, response);
    });
  const { components, objects } = program();
  for (const resource of [...components.values(), ...objects.values()])
    await new Promise((resolve) => resource.urn.apply(resolve));
  return registered;
}

function describe(request: Request, urn: string): Registered {
  const waits = request.getCustomtimeouts();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: showSecrets(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    aliases: request
      .getAliasesList()
      .map((alias: Alias) => ({ type: alias.getSpec()?.getType() ?? '', name: alias.getSpec()?.getName() ?? '' })),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    timeouts: [waits?.getCreate(), waits?.getUpdate(), waits?.getDelete()],
  };
}

function showSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(showSecrets);
  if (MARK in value) return { secret: showSecrets((value as { value?: unknown }).value) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, showSecrets(item)]));
}
