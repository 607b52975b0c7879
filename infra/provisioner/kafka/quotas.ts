import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import { type Admin, ClientQuotaEntityTypes, ClientQuotaKeys, ClientQuotaMatchTypes } from '@platformatic/kafka';

/**
 * Sets the default quotas per second of users.
 * @returns log lines about the changes
 */
export async function reconcileQuotas(
  admin: Admin,
  { produce, consume }: KafkaDesiredState['quotas'],
): Promise<string[]> {
  const wanted = [
    [ClientQuotaKeys.PRODUCER_BYTE_RATE, produce],
    [ClientQuotaKeys.CONSUMER_BYTE_RATE, consume],
  ] as const;
  const found = await admin.describeClientQuotas({
    components: [{ entityType: ClientQuotaEntityTypes.USER, matchType: ClientQuotaMatchTypes.DEFAULT }],
    strict: true,
  });
  const now = new Map(found.flatMap(({ values }) => values.map(({ key, value }) => [key, value] as const)));
  const changes = wanted.filter(([key, value]) => now.get(key) !== value);
  if (changes.length === 0) return [];
  await admin.alterClientQuotas({
    entries: [
      {
        entities: [{ entityType: ClientQuotaEntityTypes.USER, entityName: null }],
        ops: changes.map(([key, value]) =>
          value === undefined ? { key, remove: true } : { key, value, remove: false },
        ),
      },
    ],
    validateOnly: false,
  });
  return changes.map(
    ([key, value]) => `default user quota: ${key} ${now.get(key) ?? 'unbounded'} → ${value ?? 'unbounded'}`,
  );
}
