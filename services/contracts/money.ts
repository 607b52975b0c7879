import { Type } from 'typebox';

/** An amount in a currency. */
export const Money = Type.Object(
  {
    amount: Type.Integer({
      minimum: 0,
      examples: [3490],
      description: "In the currency's smallest unit, such as cents.",
    }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', examples: ['EUR'], description: 'ISO 4217.' }),
  },
  { additionalProperties: false },
);
