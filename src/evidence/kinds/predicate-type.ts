import type { Kind } from './kind.ts';

/** The type of the statement about an item of a kind (docs/evidence-format.md, "Kinds"). */
export function predicateTypeOf({ name, statement }: Pick<Kind, 'name' | 'statement'>): string {
  switch (statement.form) {
    case 'document':
      return statement.predicateType;
    case 'test-result':
      return 'https://in-toto.io/attestation/test-result/v0.1';
    case 'digest':
      return `https://countersign.dev/attestation/${name}/v1`;
  }
}
