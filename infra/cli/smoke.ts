import { ConfigurationError } from '@groundwork/contract';
import { type Deployment, diagnoseAnswer, Kubectl } from '../deploy/index.ts';
import type { Progress } from '../tools/progress.ts';

/** A request that a running environment must answer, and that leaves nothing behind. */
export interface SmokeCheck {
  /** What a right answer shows, such as `catalog answers from its database`. */
  readonly title: string;
  /** Such as `/products?limit=1`. */
  readonly path: string;
  readonly status: number;
  /** Workloads that the answer comes from, the likeliest cause first, such as `catalog`: a wrong one shows their pods and logs. */
  readonly workloads: readonly string[];
}

/**
 * Sends each request through the gateway.
 * @throws ConfigurationError with the first wrong answer, and the state and last errors of the workloads that it came from
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
    // What is wrong with the answer is worth more than why the cluster says nothing of it.
    const diagnosis = await diagnoseAnswer(new Kubectl(cluster), namespace, workloads).catch(
      (error: Error) => `the cluster does not say more: ${error.message}`,
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
    return `no answer: ${(error as Error).cause ?? error}`;
  }
}
