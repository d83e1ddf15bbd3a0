import type { Metrics } from '../../telemetry/index.ts';
import type { Route } from '../http.ts';

/** Prometheus text format. Holds no tenant's data: names of actions and rules, and numbers. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    path: '/metrics',
    methods: ['GET'],
    always: true,
    handle: async () => new Response(await metrics.registry.metrics(), { headers: { 'content-type': metrics.registry.contentType } }),
  };
}
