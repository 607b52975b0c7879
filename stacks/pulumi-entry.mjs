// What Pulumi.yaml names: plain JavaScript, so that a Node that can't run TypeScript is reported in words.
export default async function entry() {
  const { RunError } = await import('@pulumi/pulumi');
  if (process.features.typescript === undefined || process.features.typescript === false)
    throw new RunError(
      `Node ${process.versions.node} cannot run TypeScript: put Node 22.18 or later, or 24, first on PATH, and run it again`,
    );
  const { default: program } = await import('./pulumi.ts');
  return program();
}
