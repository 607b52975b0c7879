import { change, edit, rebuilt, roll } from '../change.ts';

const USERS = 'services/contracts/users.ts';
const CATALOG = 'services/contracts/catalog.ts';
const GATEWAY = 'services/contracts/gateway.ts';
const NOTIFICATIONS = 'services/contracts/notifications.ts';
const imagesOfUsers = rebuilt('users', 'notifications', 'gateway');
const imagesOfCatalog = rebuilt('catalog', 'gateway');
const listCategories = `    listCategories: route('GET', '/categories', {
      summary: 'Categories and how many products each holds',
      auth: 'none',
      reply: {
        200: Type.Object(
          { items: Type.Array(Type.Object({ name: Type.String(), products: Type.Integer() }, { additionalProperties: false })) },
          { additionalProperties: false },
        ),
      },
    }),
`;

/** Its pods hold a checksum of the rules. In dev there is one, which nobody stands in for. */
const prometheusReads = [
  'caution rollouts StatefulSet/prometheus @ dev',
  'notice rollouts StatefulSet/prometheus @ staging production',
];

/** Contracts that break somebody, or let more through. Their callers' allow lists are in the pods' environment, so those roll. */
export const contractChanges = [
  change(
    'an operation less, and nobody inside who calls it',
    [edit(CATALOG, listCategories, ''), edit(GATEWAY, '    catalog.http.listCategories,\n', '')],
    "danger contracts contract 'catalog' › http.listCategories",
    "danger contracts contract 'gateway' › calls catalog.listCategories",
    roll('catalog'),
    rebuilt('gateway'),
  ),
  change(
    'an operation that the outside no longer reaches',
    [edit(GATEWAY, '    users.http.keys,\n', '')],
    "danger contracts contract 'gateway' › calls users.keys",
    roll('users'),
    rebuilt('gateway'),
  ),
  change(
    'an operation more, open to the outside',
    [
      edit(
        CATALOG,
        listCategories,
        `${listCategories}${listCategories.replace('listCategories', 'topCategories').replace('/categories', '/categories/top')}`,
      ),
      edit(
        GATEWAY,
        '    catalog.http.listCategories,\n',
        '    catalog.http.listCategories,\n    catalog.http.topCategories,\n',
      ),
    ],
    "caution contracts contract 'gateway' › calls catalog.topCategories",
    roll('catalog'),
    rebuilt('gateway'),
  ),
  change(
    'an operation more that nobody calls',
    [
      edit(
        CATALOG,
        listCategories,
        `${listCategories}${listCategories.replace('listCategories', 'topCategories').replace('/categories', '/categories/top')}`,
      ),
    ],
    roll('catalog'),
    rebuilt('gateway'),
  ),
  change(
    'a call more',
    [
      edit(
        NOTIFICATIONS,
        "import { userRegistered } from './users.ts';",
        "import { userRegistered, users } from './users.ts';",
      ),
      edit(
        NOTIFICATIONS,
        '  consumes: [userRegistered],',
        '  consumes: [userRegistered],\n  calls: [users.http.keys],',
      ),
    ],
    'caution network notifications → users:8080',
    roll('users'),
    rebuilt('notifications'),
  ),
  change(
    'a longer password',
    [edit(USERS, 'minLength: 12,', 'minLength: 14,')],
    "danger contracts contract 'users' › http.register",
    imagesOfUsers,
  ),
  change(
    'a longer name',
    [edit(USERS, "minLength: 1, maxLength: 100, pattern: '\\\\S'", "minLength: 1, maxLength: 200, pattern: '\\\\S'")],
    imagesOfUsers,
  ),
  change(
    'a field less in a reply',
    [edit(CATALOG, '    description: Type.String(),\n', '')],
    "danger contracts contract 'catalog' › http.getProduct",
    "danger contracts contract 'catalog' › http.listProducts",
    imagesOfCatalog,
  ),
  change(
    'a field more in a reply',
    [
      edit(
        CATALOG,
        '    description: Type.String(),\n',
        '    description: Type.String(),\n    brand: Type.String(),\n',
      ),
    ],
    imagesOfCatalog,
  ),
  change(
    'a field more that a request must have',
    [edit(USERS, 'password: Password }', 'password: Password, locale: Type.String() }')],
    "danger contracts contract 'users' › http.register",
    imagesOfUsers,
  ),
  change(
    'another path',
    [edit(CATALOG, "route('GET', '/categories'", "route('GET', '/product-categories'")],
    "danger contracts contract 'catalog' › http.listCategories",
    "danger contracts contract 'gateway' › calls catalog.listCategories",
    "caution contracts contract 'gateway' › calls catalog.listCategories",
    imagesOfCatalog,
  ),
  change(
    'a route that asks for no token any more',
    [
      edit(
        USERS,
        "      summary: 'The account of the access token',\n      reply",
        "      summary: 'The account of the access token',\n      auth: 'none',\n      reply",
      ),
    ],
    "danger contracts contract 'users' › http.profile",
    imagesOfUsers,
  ),
  change(
    'a promise of slower answers',
    [edit(CATALOG, 'p99: Duration.millis(200)', 'p99: Duration.millis(300)')],
    'notice alerts alert SlowAnswers',
    prometheusReads,
    imagesOfCatalog,
  ),
  change(
    'a secret more',
    [
      edit(NOTIFICATIONS, 'mail()],', "mail(), secret('letters', { purpose: 'seals letters', format: 'random' })],"),
      edit(NOTIFICATIONS, 'import { contract, mail, postgres }', 'import { contract, mail, postgres, secret }'),
    ],
    'notice secrets Secret/notifications-letters',
    roll('notifications'),
  ),
  change(
    "a secret's deploy-time secret under another name",
    [edit(USERS, "secret('token-keys'", "secret('signing-keys'")],
    'notice secrets Secret/users-signing-keys',
    'caution secrets Secret/users-token-keys',
    roll('users'),
    rebuilt('notifications', 'gateway'),
  ),
  change(
    'what a secret is for, said otherwise',
    [
      edit(
        USERS,
        "purpose: 'signs access tokens; its first key signs, all of them are published'",
        "purpose: 'signs access tokens'",
      ),
    ],
    imagesOfUsers,
  ),
  change(
    'a deploy-time secret that is asked for under another name',
    [
      edit(
        'constructs/secrets/secrets.ts',
        'late(`secrets/${service}/${name}`',
        'late(`secrets/${service}/${name}/v2`',
      ),
    ],
    'caution secrets Secret/users-token-keys',
  ),
];
