/** Import statements by module; a name or a module that is false or undefined is left out. */
export function imports(
  modules: readonly (readonly [module: string, ...names: readonly (string | false | undefined)[]])[],
): string {
  return modules
    .map(([module, ...names]) => [module, names.filter((name) => name)] as const)
    .filter(([, names]) => names.length > 0)
    .map(([module, names]) => `import { ${names.join(', ')} } from '${module}';\n`)
    .join('');
}

/** Lines of code; those that are false or undefined are left out. */
export function lines(...all: readonly (string | false | undefined)[]): string {
  return all.filter((line) => line !== false && line !== undefined).join('\n');
}
