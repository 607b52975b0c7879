import { ConfigurationError } from '@groundwork/contract';

/** The workflow run of a preview. All fields come from the forge, none from the pull request's code. */
export interface PreviewRun {
  readonly id: number;
  /** Commit that was previewed. */
  readonly sha: string;
  readonly branch: string;
  /** Repository of the commit, such as `user/fork`; undefined if it is deleted. */
  readonly from?: string;
  /** Target repository of the pull request. */
  readonly repository: string;
  readonly defaultBranch: string;
}

interface Event {
  readonly workflow_run?: {
    readonly id?: unknown;
    readonly head_sha?: unknown;
    readonly head_branch?: unknown;
    readonly head_repository?: { readonly full_name?: unknown } | null;
  };
  readonly repository?: { readonly full_name?: unknown; readonly default_branch?: unknown };
}

/**
 * Reads the event `workflow_run`.
 * @throws ConfigurationError for any other event
 * @see GitHub's webhook `workflow_run`; its own list of pull requests is empty for forks, so it is not read
 */
export function previewRun(event: unknown): PreviewRun {
  const { workflow_run: run, repository }: Event = Object(event);
  const from = run?.head_repository?.full_name;
  return {
    id: Number(text(run?.id, 'workflow_run.id', /^\d+$/)),
    sha: text(run?.head_sha, 'workflow_run.head_sha', /^[0-9a-f]{40}$/),
    branch: text(run?.head_branch, 'workflow_run.head_branch', /^.+$/),
    ...(from === undefined ? {} : { from: text(from, 'workflow_run.head_repository.full_name', REPOSITORY) }),
    repository: text(repository?.full_name, 'repository.full_name', REPOSITORY),
    defaultBranch: text(repository?.default_branch, 'repository.default_branch', /^.+$/),
  };
}

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

function text(value: unknown, where: string, form: RegExp): string {
  if (form.test(String(value ?? ''))) return String(value);
  throw new ConfigurationError({
    code: 'variable-invalid',
    where: `event › ${where}`,
    problem: `invalid value: ${JSON.stringify(value) ?? 'none'}`,
    fix: 'run this for the event workflow_run of the preview workflow',
  });
}
