/** Addresses of the files of both versions on the forge, such as `https://forge.example/o/r/blob/<commit>`. */
export interface FileLinks {
  /** @default not known, such as for changes that are not committed */
  readonly base?: string;
  /** @default the same */
  readonly head?: string;
}

/** A place as findings name it: a file, its lines, and whether they are in the base. */
const PLACE = /^(.+?)(?::(\d+)(?:-(\d+))?)?( removed| in the base)?$/;

/** Paths that need no escaping and lead to no other page. */
const SAFE = /^(?!.*\.\.)[\w./-]+$/;

/** A link that the preview writes; a posting job lets it through for its own repository. */
export function fileLinks(prefix: string): RegExp {
  const address = RegExp(prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).source;
  return new RegExp(
    `(?<![!\\\\])\\[(<code>[^\\n\\[\\]]*</code>)\\]\\((${address}/[0-9a-f]{40}/(?![^)]*\\.\\.)[\\w./-]+(?:#L\\d+(?:-L?\\d+)?)?)\\)`,
    'g',
  );
}

/** The address of a place; undefined if it is not known. GitLab's ranges have no second `L`. */
export function addressOf(place: string, { links = {} }: { readonly links?: FileLinks }): string | undefined {
  const [, file = '', first, last, inBase] = PLACE.exec(place) ?? [];
  const files = inBase === undefined ? links.head : links.base;
  if (files === undefined || !SAFE.test(file)) return undefined;
  const range = last === undefined ? '' : files.includes('/-/blob/') ? `-${last}` : `-L${last}`;
  return `${files}/${file}${first === undefined ? '' : `#L${first}${range}`}`;
}

/** Address of a repository's files on the forge whose job this is: add a commit. */
export function filesOnForge(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, CI_PROJECT_URL: project } = env;
  if (server && repository) return `${server}/${repository}/blob`;
  return project ? `${project}/-/blob` : undefined;
}
