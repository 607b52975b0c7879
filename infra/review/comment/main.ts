import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { runMain } from '../../tools/run-main.ts';
import { Forge } from './forge.ts';
import { post } from './post.ts';
import { previewRun } from './run.ts';

/** Posts a preview in `.github/workflows/preview-comment.yml`, configured by the environment of the job. */
await runMain(async () => {
  const { GITHUB_API_URL: url, GITHUB_TOKEN: token, GITHUB_EVENT_PATH: event } = process.env;
  if (!url || !token || !event) {
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment',
      problem: 'GITHUB_API_URL, GITHUB_TOKEN or GITHUB_EVENT_PATH is missing',
      fix: 'run this in a job for the event workflow_run, with the token in env',
    });
  }
  console.log(
    JSON.stringify(await post(new Forge({ url, token }), previewRun(JSON.parse(await readFile(event, 'utf8'))))),
  );
});
