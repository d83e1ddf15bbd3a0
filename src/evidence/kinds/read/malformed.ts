/** Why a file is not what it claims to be; whoever knows the path tells it (define-kind.ts). */
export class Malformed extends Error {}
