/** Import directions, as the floor plan in CONTRIBUTING.md has them. What is not allowed here is an error. */
const tests = '(\\.test\\.ts$|/testing/)'; // and what only tests use
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: '^(constructs|services|stacks|infra|bench|test|examples)/', pathNot: allowed },
});

export default {
  forbidden: [
    only(
      'contract-stands-alone',
      '^constructs/contract/',
      '^constructs/contract/',
      'A contract runs inside services: it knows of nothing else.',
    ),
    only(
      'constructs-stand-alone',
      '^constructs/',
      '^constructs/',
      'What a thing is does not depend on what runs where.',
    ),
    only(
      'services-know-contracts',
      '^services/',
      '^(services|constructs/contract)/',
      'Of the platform, a service sees its contract only.',
    ),
    ...Object.entries({
      bridge: ['constructs/'],
      deploy: ['constructs/', 'infra/tools/'],
      // The live preview asks a cluster; the cause of another image is what is built into it.
      review: ['constructs/', 'infra/tools/', 'infra/deploy/', 'infra/build/images/', 'infra/bridge/data-stores\\.ts'],
      operate: ['constructs/', 'infra/tools/', 'infra/deploy/'],
      build: ['constructs/', 'infra/tools/'],
      local: ['constructs/', 'infra/tools/', 'infra/deploy/', 'infra/build/'],
      provisioner: ['constructs/contract/'],
      cli: ['constructs/', 'infra/'],
      tools: ['constructs/contract/'],
    }).map(([room, allowed]) =>
      only(
        `infra-${room}`,
        `^infra/${room}/`,
        `^(infra/${room}/|${allowed.join('|')})`,
        'Rooms of infra know each other as CONTRIBUTING.md has it: how it gets there works for any stack, not just the shop.',
      ),
    ),
    {
      name: 'local-is-behind-interfaces',
      comment:
        'The embedded cluster and the air-gapped builder are put behind their interfaces where programs are composed.',
      severity: 'error',
      from: {
        path: '^(constructs|services|infra|stacks|examples)/',
        pathNot: '^(infra/(local|cli)/|stacks/cluster\\.ts$)|/testing/',
      },
      to: { path: '^infra/local/' },
    },
    only(
      'stacks-compose',
      '^stacks/',
      '^(stacks|constructs|infra|services/contracts)/',
      'Stacks compose; they never reach into a running service.',
    ),
    {
      name: 'services-are-apart',
      comment: 'Services meet over the network, by contract.',
      severity: 'error',
      from: { path: '^services/(?!kit/|contracts/)([^/]+)/' },
      to: { path: '^services/(?!kit/|contracts/)[^/]+/', pathNot: '^services/$1/' },
    },
    {
      name: 'constructs-are-pure',
      comment: 'Synth is a pure function: no file system, network, clock or process (law 3).',
      severity: 'error',
      from: { path: '^constructs/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'constructs-without-pulumi',
      comment: 'Constructs serve cdk8s users too.',
      severity: 'error',
      from: { path: '^constructs/' },
      to: { path: 'node_modules/@pulumi/' },
    },
    {
      name: 'contract-without-cdk8s',
      comment: 'Service images hold no infrastructure code.',
      severity: 'error',
      from: { path: '^(constructs/contract|services)/', pathNot: tests },
      to: { path: 'node_modules/(cdk8s|cdk8s-plus-27|constructs|@pulumi)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one concept.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere fails on a fresh clone.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
