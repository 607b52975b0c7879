import { ConfigurationError, valueAt } from '@groundwork/contract';
import { type Deployment, diagnoseAnswer, Kubectl } from '../deploy/index.ts';
import type { Progress } from '../tools/progress.ts';

/** A request without side effects that a running environment must answer. */
export interface SmokeCheck {
  /** What a correct answer proves, such as `catalog answers from its database`. */
  readonly title: string;
  /** Such as `/products?limit=1`. */
  readonly path: string;
  readonly status: number;
  /** Workloads involved in the answer, such as `catalog`, the likeliest cause first: their pods and logs are shown if it is wrong. */
  readonly workloads: readonly string[];
}

/**
 * Sends each request through the gateway.
 * @throws ConfigurationError with the first wrong answer, and the state and last errors of the workloads involved
 */
export async function smoke(
  checks: readonly SmokeCheck[],
  gatewayUrl: string,
  { cluster, namespace }: Pick<Deployment, 'cluster' | 'namespace'>,
  progress: Progress,
): Promise<void> {
  for (const { title, path, status, workloads } of checks) {
    progress.step(title);
    const url = new URL(path, gatewayUrl);
    const problem = await wrongAnswer(url, status);
    if (problem === undefined) continue;
    progress.step(`${title}: failed; reading the logs of ${workloads.join(', ')}`);
    // The wrong answer must be reported even if the cluster gives no details.
    const diagnosis = await diagnoseAnswer(new Kubectl(cluster), namespace, workloads).catch(
      (error: Error) => `no details from the cluster: ${error.message}`,
    );
    throw new ConfigurationError({
      code: 'smoke-check-failed',
      where: `GET ${url}`,
      problem: `${problem}\n${diagnosis}`,
      fix: 'fix what the logs or the events name and run `npm start` again; `npm run status` shows what runs',
    });
  }
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
