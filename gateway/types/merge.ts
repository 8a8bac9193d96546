/** How the parts of several countries become one value, compiled with the keys that the client chose. Types only. */

/** How the countries' parts of an EVERY field become one. */
export type MergeRule = 'JOIN' | 'SUM' | 'ALL' | 'ANY' | 'EQUAL'

/** How the parts of one EVERY field become one, compiled with the keys that the client chose. */
export type MergeSpec = ConnectionMerge | ObjectMerge

/** Pages become one page. */
export interface ConnectionMerge {
  readonly kind: 'CONNECTION'
  readonly typeName: string
  readonly typename: readonly string[]
  /** Each response key of `edges`, with the response keys of `cursor` below it. */
  readonly edges: readonly { readonly key: string; readonly cursors: readonly string[] }[]
  /** Each response key of `pageInfo`, with response key → field name below it. */
  readonly pageInfo: readonly { readonly key: string; readonly fields: ReadonlyMap<string, string> }[]
  readonly outcomes: readonly OutcomesKey[]
  readonly own: ConnectionKeys
}

/** An object that is no entity is merged field by field, each by its own rule. */
export interface ObjectMerge {
  readonly kind: 'OBJECT'
  readonly typeName: string
  readonly typename: readonly string[]
  readonly fields: readonly {
    readonly key: string
    readonly coordinate: string
    readonly rule: MergeRule | MergeSpec
  }[]
  readonly outcomes: readonly OutcomesKey[]
}

/** A response key of `outcomes`, with response key → field name below it. */
export interface OutcomesKey {
  readonly key: string
  readonly fields: ReadonlyMap<string, string>
}

/** The keys under which the gateway asks every country for what merging needs. */
export interface ConnectionKeys {
  readonly edges: string
  readonly cursor: string
  readonly page: string
  readonly hasNext: string
  readonly hasPrevious: string
}
