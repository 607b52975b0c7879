// Pulumi requires this file, with a loader that cannot read ECMAScript modules. Node itself reads pack.ts.
module.exports = () => import('./pack.ts');
