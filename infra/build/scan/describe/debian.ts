import type { Package } from './image.ts';

/** Packages of a database of dpkg: its `status` file, or those that distroless images have one for each package. */
export function debianPackages(path: string, status: string): Package[] {
  return status.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const [name, version, state] = [field('Package'), field('Version'), field('Status')];
    if (name === undefined || version === undefined || (state !== undefined && !state.endsWith(' installed')))
      return [];
    return [{ ecosystem: 'debian' as const, name, version, place: path }];
  });
}
