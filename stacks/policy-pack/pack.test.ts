import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Manifest, patch, type System, synthesize } from '@groundwork/constructs';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  EnforcementLevel,
} from '@pulumi/pulumi/proto/analyzer_pb.js';
import { execa } from 'execa';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb.js';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';
import { deploymentPlan } from '../../infra/bridge/index.ts';
import { rules, violations } from '../../infra/review/policy/index.ts';
import { releasedImages } from '../../test/support/released.ts';
import { type Environment, environments } from '../environments/index.ts';
import { enforcePolicy, policyOf } from '../policy.ts';
import { shop } from '../shop.ts';

/** What Pulumi's language host starts, in the folder of the pack, with the engine's address and that folder. */
const RUNNER = '@pulumi/pulumi/cmd/run-policy-pack/index.js';
const ENGINE = '127.0.0.1:1'; // not called: nothing listens there

const { ADVISORY, MANDATORY } = EnforcementLevel;

/** Starts the pack as Pulumi does. */
function start() {
  const [entry, folder] = [fileURLToPath(import.meta.resolve(RUNNER)), import.meta.dirname];
  return execa(process.execPath, [entry, ENGINE, folder], { cwd: folder, all: true, reject: false });
}

let runner: ReturnType<typeof start>;
let pack: AnalyzerClient;

beforeAll(async () => {
  runner = start();
  const port = await printedPort();
  pack = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(async () => {
  pack?.close();
  runner.kill();
  await runner;
});

/** The port, which is the first line that a policy pack prints. */
async function printedPort(): Promise<string> {
  const printed = once(runner.stdout, 'data').then(([data]: Buffer[]) => `${data}`.trim());
  const ended = runner.then(({ all }) => all);
  const line = await Promise.race([printed, ended]);
  if (!/^\d+$/.test(line)) throw new Error(`the policy pack did not start: ${line}`);
  return line;
}

type Answer<T> = (error: Error | null, answer: T) => void;
const call = <T>(start: (answer: Answer<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => start((error, answer) => (error === null ? resolve(answer) : reject(error))));

/** An object as the engine sends it to a policy pack. */
function filled<T extends AnalyzeRequest | AnalyzerResource>(request: T, manifest: Manifest, protect: boolean): T {
  const { apiVersion, kind, metadata } = manifest;
  const type = `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
  request.setType(type);
  request.setName(metadata.name);
  request.setUrn(`urn:pulumi:staging::groundwork::${type}::${metadata.name}`);
  request.setOptions(new AnalyzerResourceOptions().setProtect(protect));
  request.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(manifest))));
  return request;
}

const reported = (one: AnalyzeDiagnostic) => ({ rule: one.getPolicyname(), text: one.getMessage().split('\n').at(-1) });

/** Findings of the pack on the objects of a system: on each as it is registered, and on all at the end. */
async function findings(system: System, { protectData }: Environment) {
  const { objects } = deploymentPlan(system, { protectData });
  const answers: AnalyzeResponse[] = [];
  for (const { manifest, keep } of objects)
    answers.push(await call((answer) => pack.analyze(filled(new AnalyzeRequest(), manifest, keep), answer)));
  const all = new AnalyzeStackRequest().setResourcesList(
    objects.map(({ manifest, keep }) => filled(new AnalyzerResource(), manifest, keep)),
  );
  answers.push(await call((answer) => pack.analyzeStack(all, answer)));
  return answers.flatMap((answer) => answer.getDiagnosticsList().map(reported)).sort(byText);
}

const byText = (a: { text?: string | undefined }, b: { text?: string | undefined }) =>
  `${a.text}`.localeCompare(`${b.text}`);

describe('the policy pack, started as Pulumi starts it', () => {
  const environment: Environment = environments.staging;
  const made = async () => shop(environment, await releasedImages(environment));

  test('has a policy for each rule, with the level that stops a deployment or only reports', async () => {
    const info = await call<AnalyzerInfo>((answer) => pack.getAnalyzerInfo(new Empty(), answer));
    expect(info.getName()).toBe('groundwork');
    expect(info.getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()])).toEqual(
      rules.map(({ id, severity }) => [id, severity === 'info' ? ADVISORY : MANDATORY]),
    );
  });

  test('accepts the objects of the shop', async () => {
    const system = enforcePolicy(environment, synthesize(await made()));
    expect(system.objects.length).toBeGreaterThan(100);
    expect(await findings(system, environment)).toEqual([]);
  });

  test('finds in bad objects what the synth finds', async () => {
    const app = await made();
    patch(app, 'Deployment/users', { op: 'add', path: '/spec/template/spec/hostNetwork', value: true });
    patch(app, 'Deployment/users', { op: 'remove', path: '/spec/template/spec/containers/0/readinessProbe' });
    patch(app, 'Deployment/users', { op: 'replace', path: '/spec/template/spec/serviceAccountName', value: 'catalog' });
    const system = synthesize(app);
    const expected = violations(
      system.objects.map(({ manifest }) => manifest),
      policyOf(environment),
    ).map(({ rule, object, field, what, fix }) => ({ rule, text: `${object}: ${field} ${what}; fix: ${fix}` }));
    expect(expected.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['no-host-namespaces', 'readiness-probe', 'one-account-each']),
    );
    expect(await findings(system, environment)).toEqual(expected.sort(byText));
  });
});
