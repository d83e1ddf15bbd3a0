/** What a schema is made of. A grant is an object of its own: who may do what belongs to the schema. */
export type ObjectKind =
  | 'schema'
  | 'extension'
  | 'table'
  | 'view'
  | 'type'
  | 'sequence'
  | 'function'
  | 'column'
  | 'constraint'
  | 'index'
  | 'policy'
  | 'trigger'
  | 'grant';

export type Attribute = string | boolean | null;

/** One object of a database, as its catalog describes it. */
export type SqlObject = {
  readonly kind: ObjectKind;
  /** Unique within the kind: `public.incident.id`. */
  readonly path: string;
  /** The path of the table, type, function, … that it is part of; what is new or gone as a whole is told once. */
  readonly parent: string | null;
  readonly attributes: { readonly [name: string]: Attribute };
};
