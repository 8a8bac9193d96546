/** How the gateway merges the parts of several countries into one value, compiled with the client's response keys. Types only. */

/** How the gateway merges the countries' values of a plain field (`@merge(by:)`). */
export type MergeRule = 'JOIN' | 'SUM' | 'ALL' | 'ANY' | 'EQUAL'

/** How the gateway merges the parts of one EVERY field, compiled with the client's response keys. */
export type MergeSpec = ConnectionMerge | ObjectMerge

/** Merges pages into one page. */
export interface ConnectionMerge {
  readonly kind: 'CONNECTION'
  readonly typeName: string
  /** Response keys of `__typename`. */
  readonly typename: readonly string[]
  /** Each response key of `edges`, with the response keys of `cursor` below it. */
  readonly edges: readonly { readonly key: string; readonly cursors: readonly string[] }[]
  /** Each response key of `pageInfo`, with response key → field name below it. */
  readonly pageInfo: readonly { readonly key: string; readonly fields: ReadonlyMap<string, string> }[]
  readonly outcomes: readonly OutcomesKey[]
  readonly gatewayKeys: ConnectionKeys
}

/** Merges an object that is not an entity field by field, each field by its own rule. */
export interface ObjectMerge {
  readonly kind: 'OBJECT'
  readonly typeName: string
  /** Response keys of `__typename`. */
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

/** The gateway keys under which it asks each country for what it needs to merge pages. */
export interface ConnectionKeys {
  readonly edges: string
  readonly cursor: string
  readonly page: string
  readonly hasNext: string
  readonly hasPrevious: string
}
