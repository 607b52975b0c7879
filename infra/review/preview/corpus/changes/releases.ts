import { type Change, change, type Edit, edit, roll } from '../change.ts';

const LOCK = 'stacks/images.lock.json';
const VERSION = '"repository": "groundwork.local/catalog",\n    "version": "';

/** What a release writes of catalog, whatever was released before. */
const released = edit(LOCK, VERSION, `${VERSION}a1`);
/** Other work of the same commit, which is in no image of catalog. */
const otherWork: readonly Edit[] = [
  {
    file: 'infra/review/preview/notes.ts',
    text: '/** Catalog and its gateway: what a deployment of catalog is. */\nexport const catalog = 1;\n',
  },
  edit(
    'constructs/grafana/grafana.ts',
    'export class Grafana',
    '/** Catalog has a dashboard. */\nexport class Grafana',
  ),
];
const sources: Edit = { file: 'services/catalog/notes.ts', text: 'export const notes = [];\n' };

/** Releases, whose cause is what is built into the image, and nothing else of the commit. */
export const releases: readonly Change[] = [
  {
    ...change('a release with its sources, among other work', [sources, released, ...otherWork], roll('catalog')),
    causes: { 'rollouts Deployment/catalog @ dev staging production': sources.file },
  },
  {
    ...change(
      'a release alone, among other work',
      [released, ...otherWork],
      `${roll('catalog')[0]} @ staging production`,
    ),
    causes: { 'rollouts Deployment/catalog @ staging production': LOCK },
  },
];
