import { contract, Duration, postgres, route } from '@groundwork/contract';
import { Type } from 'typebox';

const Id = Type.String({
  format: 'uuid',
  examples: ['b5c1f0de-4c7e-4a52-9d1c-6a3f0e9b7c21'],
  description: 'Id of the order.',
});
const ReservationId = Type.Object({ id: Id });

/** Stock that is set aside for one order. */
export const Reservation = Type.Object(
  {
    id: Id,
    status: Type.Union(
      [
        Type.Literal('held'),
        Type.Literal('confirmed'),
        Type.Literal('released'),
        Type.Literal('expired'),
        Type.Literal('rejected'),
      ],
      {
        description: '`held` expires at `expiresAt`; `rejected`: a product was out of stock. All but `held` are final.',
      },
    ),
    expiresAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);

/** Stock, and reservations of it. Each operation on a reservation may be repeated: it answers with the same outcome. */
export const inventory = contract('inventory', {
  http: {
    reserve: route('PUT', '/reservations/:id', {
      summary: 'Set stock aside for an order: all of it or none',
      auth: 'none',
      params: ReservationId,
      body: Type.Object(
        {
          lines: Type.Array(
            Type.Object(
              { productId: Type.String({ format: 'uuid' }), quantity: Type.Integer({ minimum: 1, maximum: 100 }) },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: 50 },
          ),
        },
        { additionalProperties: false },
      ),
      reply: { 200: Reservation },
    }),
    confirm: route('PUT', '/reservations/:id/confirmation', {
      summary: 'Take reserved stock for good; a reservation that expired stays expired',
      auth: 'none',
      params: ReservationId,
      reply: { 200: Reservation },
    }),
    release: route('DELETE', '/reservations/:id', {
      summary: 'Return reserved stock; a later request to reserve under this id has no effect',
      auth: 'none',
      params: ReservationId,
      reply: { 200: Reservation },
    }),
    getStock: route('GET', '/stock', {
      summary: 'Available quantity by product; unknown products are left out',
      auth: 'none',
      query: Type.Object(
        { productId: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 50 }) },
        { additionalProperties: false },
      ),
      reply: {
        200: Type.Object(
          {
            items: Type.Array(
              Type.Object(
                { productId: Type.String({ format: 'uuid' }), available: Type.Integer({ minimum: 0, examples: [42] }) },
                { additionalProperties: false },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      },
    }),
  },
  owns: [postgres({ migrations: 'services/inventory/migrations', poolSize: 5 })],
  slo: { availability: 0.999, latency: { p99: Duration.millis(300) } },
});
