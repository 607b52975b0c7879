import { ConfigurationError, valueAt } from '@groundwork/contract';
import { type Deployment, diagnoseAnswer, Kubectl } from '../deploy/index.ts';
import type { Progress } from '../tools/progress.ts';

/** What a running environment must do; if it does not, the state of the workloads involved is shown. */
interface Check {
  /** What it proves, such as `catalog answers from its database`. */
  readonly title: string;
  /** Workloads involved in the answer, such as `catalog`, the likeliest cause first: their pods and logs are shown if it is wrong. */
  readonly workloads: readonly string[];
}

/** A request without side effects. */
export interface SmokeRequest extends Check {
  /** Such as `/products?limit=1`. */
  readonly path: string;
  /** Status of a correct answer. */
  readonly status: number;
}

/** Several requests that belong together; they may leave data behind. */
export interface SmokeScenario extends Check {
  /**
   * Sends the requests.
   * @returns what is wrong; undefined if all is well. An error that it throws is reported too.
   */
  run(gatewayUrl: string): Promise<string | undefined>;
}

/** One check of a running environment. */
export type SmokeCheck = SmokeRequest | SmokeScenario;

/**
 * Makes each check through the gateway.
 * @throws ConfigurationError with the first wrong answer, and the state and last errors of the workloads involved
 */
export async function smoke(
  checks: readonly SmokeCheck[],
  gatewayUrl: string,
  { cluster, namespace }: Pick<Deployment, 'cluster' | 'namespace'>,
  progress: Progress,
): Promise<void> {
  for (const check of checks) {
    const { title, workloads } = check;
    progress.step(title);
    const { where, problem } = await outcomeOf(check, gatewayUrl);
    if (problem === undefined) continue;
    progress.step(`${title}: failed; reading the logs of ${workloads.join(', ')}`);
    // The wrong answer must be reported even if the cluster gives no details.
    const diagnosis = await diagnoseAnswer(new Kubectl(cluster), namespace, workloads).catch(
      (error: Error) => `no details from the cluster: ${error.message}`,
    );
    throw new ConfigurationError({
      code: 'smoke-check-failed',
      where,
      problem: `${problem}\n${diagnosis}`,
      fix: 'fix what the logs or the events name and run `npm start` again; `npm run status` shows what runs',
    });
  }
}

async function outcomeOf(
  check: SmokeCheck,
  gatewayUrl: string,
): Promise<{ readonly where: string; readonly problem: string | undefined }> {
  if ('run' in check) return { where: gatewayUrl, problem: await check.run(gatewayUrl).catch(String) };
  const url = new URL(check.path, gatewayUrl);
  return { where: `GET ${url}`, problem: await wrongAnswer(url, check.status) };
}

async function wrongAnswer(url: URL, status: number): Promise<string | undefined> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await reply.text();
    return reply.status === status ? undefined : `status ${reply.status}, expected ${status}: ${text.slice(0, 300)}`;
  } catch (error) {
    return `no answer: ${valueAt(error, 'cause') ?? error}`;
  }
}
