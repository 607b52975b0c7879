import { ConfigurationError } from '@groundwork/contract';
import { runMain } from '../../../tools/run-main.ts';
import { Forge } from '../forge.ts';
import { post, previewPipeline } from './post.ts';

/** Posts a preview as the job `comment` of examples/gitlab-ci.yml calls it: all it needs is in the environment that GitLab gives a job. */
await runMain(async () => {
  const { CI_API_V4_URL: url, PREVIEW_TOKEN: token } = process.env;
  if (!url || !token)
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment',
      problem: 'CI_API_V4_URL or PREVIEW_TOKEN is missing',
      fix: 'run this on the default branch, where the protected variable PREVIEW_TOKEN is given to jobs',
    });
  console.log(
    JSON.stringify(
      await post(new Forge({ url, token, headers: { accept: 'application/json' } }), previewPipeline(process.env)),
    ),
  );
});
