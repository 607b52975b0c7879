import { recordOrigin, type System, synthesize } from '@groundwork/constructs';
import { ApiObject, type ApiObjectProps, App, Chart } from 'cdk8s';

/** A `System` of these objects, by chart. */
export function systemOf(charts: Readonly<Record<string, readonly ApiObjectProps[]>>, origin = 'a test'): System {
  const app = new App();
  for (const [id, objects] of Object.entries(charts)) {
    const chart = new Chart(app, id);
    recordOrigin(chart, origin);
    for (const object of objects) new ApiObject(chart, `${object.kind}-${object.metadata?.name}`, object);
  }
  return synthesize(app);
}
