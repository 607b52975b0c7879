import { ConfigurationError } from '@groundwork/contract';
import { runMain } from '../../../tools/run-main.ts';
import { Forge } from '../forge.ts';
import { post, previewPipeline } from './post.ts';

/** Posts a preview in the job `comment` of examples/gitlab-ci.yml, configured by the environment of the job. */
await runMain(async () => {
  const { CI_API_V4_URL: url, PREVIEW_TOKEN: token } = process.env;
  if (!url || !token)
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment',
      problem: 'CI_API_V4_URL or PREVIEW_TOKEN is missing',
      fix: 'run this on the default branch, where jobs get the protected variable PREVIEW_TOKEN',
    });
  console.log(
    JSON.stringify(
      await post(new Forge({ url, token, headers: { accept: 'application/json' } }), previewPipeline(process.env)),
    ),
  );
});
