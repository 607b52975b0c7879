import { orderHistory } from '@groundwork/contracts/order-history';
import { createLogger, createMetrics, type Env } from '@groundwork/kit';
import { openKeyspace } from '@groundwork/kit/cassandra';
import { type Replayed, replay } from '@groundwork/kit/events';
import { applyTo } from './apply.ts';
import { orderHistoryConfig } from './config.ts';

/**
 * Rebuilds the history from the topics, beside the running service, which says `rebuilding` meanwhile. All rows are
 * removed first. Killed or failed, it can be run again.
 */
export async function rebuild(env: Env): Promise<Replayed> {
  const config = orderHistoryConfig(env);
  const log = createLogger(config);
  const metrics = createMetrics(orderHistory.name);
  const keyspace = openKeyspace(config, { metrics });
  try {
    await keyspace.execute("INSERT INTO rebuilds (id, started_at, finished_at) VALUES ('last', ?, null)", [new Date()]);
    await keyspace.execute('TRUNCATE orders_by_customer');
    const kafka = { config, clientId: orderHistory.name, group: config.KAFKA_GROUP, log, metrics };
    const replayed = await replay(orderHistory, applyTo(keyspace), kafka);
    await keyspace.execute("UPDATE rebuilds SET finished_at = ? WHERE id = 'last'", [new Date()]);
    log.info(replayed, 'history rebuilt');
    return replayed;
  } finally {
    await keyspace.close();
  }
}

if (import.meta.main) await rebuild(process.env);
