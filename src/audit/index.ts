export { auditCommands } from './commands.ts';
