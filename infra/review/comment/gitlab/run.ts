import { ConfigurationError } from '@groundwork/contract';

/** The pipeline that made a preview, as a job on the default branch is told of it. The number came from elsewhere, so the forge is asked what it is. */
export interface PreviewPipeline {
  readonly id: number;
  /** Number of the project that the merge request is for. */
  readonly project: number;
}

/** What the job has in its environment. @throws ConfigurationError if something is missing or has another form */
export function previewPipeline({ CI_PROJECT_ID, PREVIEW_PIPELINE }: NodeJS.ProcessEnv): PreviewPipeline {
  return { id: number(PREVIEW_PIPELINE, 'PREVIEW_PIPELINE'), project: number(CI_PROJECT_ID, 'CI_PROJECT_ID') };
}

function number(value: string | undefined, where: string): number {
  if (/^[1-9]\d{0,15}$/.test(value ?? '')) return Number(value);
  throw new ConfigurationError({
    code: 'variable-invalid',
    where: `environment › ${where}`,
    problem: `it is ${JSON.stringify(value) ?? 'missing'}`,
    fix: 'run this in the job that examples/gitlab-ci.yml has for it',
  });
}
