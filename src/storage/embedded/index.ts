export { type EmbeddedOptions, EmbeddedPostgres } from './server.ts';
