import { METHODS } from 'node:http';
import type { Server } from './http.ts';

/**
 * Methods of an app's routes. Call it before the app has routes; it also lets the app answer methods that it does not
 * know by itself.
 * @returns a function from a path, such as `/products/7`, to the methods of the operations there
 */
export function routeMethods(app: Server): (path: string) => readonly string[] {
  const routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = [];
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = url.replaceAll('.', String.raw`\.`).replaceAll(/:[A-Za-z0-9_]+/g, '[^/]+');
    routes.push({ methods: [method].flat(), pattern: new RegExp(`^${pattern}$`) });
  });
  return (path) =>
    [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))].sort();
}
