import { ConfigurationError } from '@groundwork/contract';
import { environmentOf, namedImages, type Program } from './program.ts';

/** Prints each object of an environment, its path in the construct tree, and its origin. */
export function explain(program: Program, wanted: string | undefined, options: { readonly env: string }): void {
  const objects = program
    .compose(environmentOf(program, options.env, '--env').name, namedImages)
    .objects.map(({ manifest, path, origin }) => ({ id: `${manifest.kind}/${manifest.metadata.name}`, path, origin }));
  const shown = wanted === undefined ? objects : objects.filter(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  if (shown.length === 0) {
    const near = objects.filter(({ id }) => id.split('/')[1] === wanted?.split('/').at(-1)).map(({ id }) => id);
    throw new ConfigurationError({
      code: 'object-unknown',
      where: `explain ${wanted}`,
      problem: `${options.env} has no such object`,
      fix: near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`npm run explain` lists all',
    });
  }
  for (const { id, path, origin } of shown) console.log(`${id}\n    why:  ${origin}\n    tree: ${path}`);
}
