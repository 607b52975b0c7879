import { orderHistory } from '@groundwork/contracts/order-history';
import { discoveryVariables, type Env, readConfig, serviceVariables, tokenVariables } from '@groundwork/kit';
import { cassandraVariables } from '@groundwork/kit/cassandra';
import { eventVariables } from '@groundwork/kit/events';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function orderHistoryConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(orderHistory),
      ...discoveryVariables,
      ...cassandraVariables,
      ...eventVariables(orderHistory),
      ...tokenVariables,
    },
    env,
  );
}

/** Values of the service's settings. */
export type OrderHistoryConfig = ReturnType<typeof orderHistoryConfig>;
