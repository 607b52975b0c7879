import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { runMain } from '../../tools/run-main.ts';
import { Forge } from './forge.ts';
import { post } from './post.ts';
import { previewRun } from './run.ts';

/** Posts a preview in `.github/workflows/preview-comment.yml`, configured by the environment of the job. */
await runMain(async () => {
  const { GITHUB_API_URL: url, GITHUB_TOKEN: token, GITHUB_EVENT_PATH: event, GITHUB_SERVER_URL: server } = process.env;
  if (!url || !token || !event) {
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment',
      problem: 'GITHUB_API_URL, GITHUB_TOKEN or GITHUB_EVENT_PATH is missing',
      fix: 'run this in a job for the event workflow_run, with the token in env',
    });
  }
  const run = previewRun(JSON.parse(await readFile(event, 'utf8')));
  console.log(JSON.stringify(await post(new Forge({ url, token }), run, server === undefined ? {} : { server })));
});
