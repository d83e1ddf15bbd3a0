import { json, type Route } from '../http.ts';

/** The process lives. Says nothing of what it depends on: that is `/ready`. */
export const health: Route = { path: '/health', methods: ['GET', 'HEAD'], always: true, handle: async () => json(200, { status: 'ok' }) };
