import { type Check, files, sample } from './check.ts';

/** What is left over from building says much and does nothing. */
export const onlyNeeded: Check = {
  id: 'DKL-LI-0003',
  severity: 'low',
  what: 'a file is left over from building',
  fix: 'leave it out by .dockerignore, or remove it in the same RUN',
  finds: (image) =>
    files(
      image,
      (path, name) =>
        !/(^|\/)(node_modules|vendor)\//.test(path) &&
        (FILES.has(name) || /(^|\/)\.(cache|aws|azure|gcp|git|vscode|idea|npm)\//.test(path)),
    ),
  passes: sample({ files: [{ path: 'app/node_modules/x/.vscode/settings.json', setId: false }] }),
  fails: sample({ files: [{ path: 'app/.git/config', setId: false }] }),
};

const FILES = new Set(['Dockerfile', 'docker-compose.yml', '.vimrc', '.DS_Store']);
