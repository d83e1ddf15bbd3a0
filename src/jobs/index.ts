export { Jobs, type JobsOptions, prepareJobs, type Queue } from './jobs.ts';
