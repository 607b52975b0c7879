import { benchBridge } from './bridge.ts';
import { benchGateway } from './gateway.ts';
import { benchMemory } from './memory.ts';
import { benchOutbox } from './outbox.ts';
import { benchPreview } from './preview.ts';
import { benchService } from './service.ts';
import { benchStart } from './start.ts';
import { benchSynth } from './synth.ts';
import { benchTls } from './tls.ts';

/** `npm run bench [-- synth bridge preview gateway service tls outbox memory start cold]`: figures as tables, no thresholds. `cold` builds a Kubernetes from nothing. */
const benches: Record<string, { readonly title: string; run(): string | Promise<string> }> = {
  synth: { title: 'Synth, against bare cdk8s making and printing the same objects', run: benchSynth },
  bridge: { title: 'Bridge to Pulumi, without an engine', run: benchBridge },
  preview: { title: 'A preview of three environments, and what there is to read of it', run: benchPreview },
  memory: { title: 'Memory of the running dev environment', run: benchMemory },
  gateway: { title: 'Gateway, against asking the catalog directly', run: benchGateway },
  service: { title: 'A service of the kit, against bare fastify', run: benchService },
  outbox: { title: 'Outbox, against publishing from memory', run: benchOutbox },
  tls: { title: 'A service over mutual TLS, against plain HTTP', run: benchTls },
  start: { title: 'npm start by phase, seconds', run: () => benchStart(false) },
  cold: { title: 'npm start by phase from an empty cache, seconds', run: () => benchStart(true) },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}\n    fix: choose from ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : ['synth', 'bridge']) {
  const { title, run } = benches[name] as (typeof benches)[string];
  console.log(`\n${title}\n\n${await run()}`);
}
console.log(`\npeak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
