import { createLogger, createMetrics, openTrust, readConfig, run, serve, serviceVariables } from '@groundwork/kit';
import { PRODUCT, shelf } from './product.ts';

const config = readConfig(serviceVariables(shelf), process.env);
const log = createLogger(config);
const metrics = createMetrics(shelf.name);
const trust = openTrust(shelf, config, { log, metrics });
const server = serve(shelf, { getProduct: async () => ({ status: 200, body: PRODUCT }) }, { log, metrics, trust });
await run(server, { config, log, metrics, trust });
