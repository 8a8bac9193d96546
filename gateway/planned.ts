/**
 * What the plan room hands on: a compiled operation. Types alone, read by spread, gather and shape; made once per
 * operation text, never changed.
 */

import type {
  DocumentNode,
  FieldNode,
  GraphQLArgument,
  GraphQLField,
  SelectionNode,
  VariableDefinitionNode,
} from 'graphql'
import type { Place } from '../contract/cursor.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { Outcome } from '../contract/outcome.ts'

/** How a value may look, compiled from a schema type and a selection. */
export type ValueShape = LeafShape | ListShape | CompositeShape
/** A scalar or an enum. */
export interface LeafShape {
  readonly kind: 'leaf'
  readonly nonNull: boolean
  /** Whether a JSON value is one of this scalar or enum. */
  readonly accepts: (value: unknown) => boolean
  /** An ID may come as a whole number; a client gets it as a string. */
  readonly isId: boolean
}
/** A list. */
export interface ListShape {
  readonly kind: 'list'
  readonly nonNull: boolean
  readonly of: ValueShape
}
/** An object, interface or union. */
export interface CompositeShape {
  readonly kind: 'object'
  readonly nonNull: boolean
  readonly object: ObjectShape
}

/** An object, interface or union with the fields that were selected on it, by runtime type. */
export interface ObjectShape {
  /** The static type's name. */
  readonly typeName: string
  /** The one runtime type where the static type is an object type; null for interfaces and unions. */
  readonly onlyType: TypeShape | null
  /** By runtime type name. */
  readonly types: ReadonlyMap<string, TypeShape>
  /**
   * What was selected on an interface whatever the runtime type, for interface objects: a subgraph answers these without
   * knowing the runtime type. Null for object types and unions.
   */
  readonly anyType: TypeShape | null
  /** Response keys under which `__typename` stands for every runtime type. */
  readonly typenameKeys: readonly string[]
}

/** What was selected on one runtime type. */
export interface TypeShape {
  readonly typeName: string
  readonly fields: readonly FieldShape[]
  /** The runtime type is an entity with a record id of its own, so its key is checked against the country that answers. */
  readonly record: boolean
  /** Set where the type is a connection. */
  readonly connection: ConnectionShape | null
}

/** One response key of an object. */
export interface FieldShape {
  /** The key in the data; differs from `outKey` where the client's alias would collide with a key field. */
  readonly key: string
  /** The key in the answer to the client; null where the gateway asked for itself. */
  readonly outKey: string | null
  readonly fieldName: string
  /** `Type.field`. */
  readonly coordinate: string
  /** The caller may read it nowhere: it is null whatever the data holds, for the planner may have asked for it itself as a key. */
  readonly isDenied: boolean
  readonly value: ValueShape
  /** The records below this field may be another country's (`@crossBorder`). */
  readonly border: boolean
  /** The value must be the answering country: `country` of a record or row, `originator` of its provenance. */
  readonly namesCountry: boolean
  /** Set where the field returns a connection and has `first` and `after`. */
  readonly page: PageArguments | null
}

/** The connection's parts by response key; aliases of one part stand side by side. */
export interface ConnectionShape {
  readonly edges: readonly string[]
  /** Own key of `cursor` in the first of `edges`, and of the node below it. */
  readonly ownEdges: string
  readonly ownCursor: string
  readonly ownNode: string | null
}

/** Where the page of a connection field is read from: the field's definition and the node as the client wrote it. */
export interface PageArguments {
  readonly coordinate: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  /** The order's name, where it is fixed; null where `orderBy` says it. */
  readonly fixedOrder: string | null
  /** Set for an EVERY connection: the variable that carries `after` to a country. */
  readonly afterVariable: string | null
}

/** How a field is spread: `@answeredBy`. */
export interface SpreadRule {
  readonly who: 'OWNER' | 'EVERY'
  readonly argument: GraphQLArgument
  readonly definition: GraphQLField<unknown, unknown>
  /** The node as the client wrote it, for its arguments. */
  readonly node: FieldNode
  /** Whether an access rule guards the field: then the mandate's countries are the default set. */
  readonly ruled: boolean
}

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

/** A field at the top of a fetch: of the root type, or of the entity asked about. */
export interface TopField {
  /** Ordinal within the fetch, a bit of a leg document's key. */
  readonly bit: number
  /** The entity type it stands on; the root type's name in a root fetch. */
  readonly typeName: string
  /** As it is sent: keys added, `outcomes` taken out, the EVERY argument and `after` in variables. */
  readonly node: FieldNode
  readonly shape: FieldShape
  readonly spread: SpreadRule | null
  readonly merge: MergeSpec | null
}

/** What a representation is made of. */
export type RequiredSelection =
  | {
      readonly kind: 'field'
      /** Where it stands in the data. */
      readonly key: string
      /** How it is named in the representation. */
      readonly name: string
      readonly selections: readonly RequiredSelection[] | null
    }
  | {
      readonly kind: 'fragment'
      /** The runtime types it applies to; null: any. */
      readonly types: ReadonlySet<string> | null
      readonly selections: readonly RequiredSelection[]
    }

interface FetchBase {
  /** Its place in the compiled operation; a fetch depends on earlier ones alone. */
  readonly index: number
  readonly domain: string
  readonly dependsOn: readonly number[]
  /** Response keys, `@` for each list level; where the objects stand that this fetch adds to. */
  readonly path: readonly string[]
  readonly variableDefinitions: readonly VariableDefinitionNode[]
}

/** A fetch of a domain that countries publish: it becomes one leg per country. */
export interface SpreadFetch extends FetchBase {
  readonly mode: 'ROOT' | 'OWNER' | 'EVERY'
  readonly fields: readonly TopField[]
  /** How the representations are read; null in a root fetch. */
  readonly requires: readonly RequiredSelection[] | null
  readonly keys: OwnKeys
}

/** A fetch of a subgraph that no country publishes: one request, as the planner made it. */
export interface PlainFetch extends FetchBase {
  readonly mode: 'PLAIN'
  readonly kind: 'query' | 'mutation'
  readonly query: string
  readonly variableNames: readonly string[]
  readonly requires: readonly RequiredSelection[] | null
  readonly inputRewrites: readonly Rewrite[]
  readonly outputRewrites: readonly Rewrite[]
  /** Values of objects at or above `path` that are sent as variables (`@fromContext`). */
  readonly contextRewrites: readonly Rewrite[]
  /** Types of this subgraph that are interfaces elsewhere: their names never replace a runtime type that is known. */
  readonly interfaceObjects: ReadonlySet<string>
  /** The top selections of `query`. */
  readonly selections: readonly SelectionNode[]
}
/** A fetch of a compiled operation. */
export type Fetch = SpreadFetch | PlainFetch

/** A planner's rewrite of data on the way in or out. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly RewriteStep[]; readonly value: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly RewriteStep[]; readonly renameKeyTo: string }
/** A response key, `..` for the object above, or the runtime types that an object must be of. */
export type RewriteStep = string | ReadonlySet<string>

/** The aliases under which the gateway asks for what it needs itself; no client's response key begins like them. */
export interface OwnKeys {
  readonly prefix: string
  readonly typename: string
  readonly id: string
}

/** A field where it stands in an operation, on one of the types that it is asked of. */
export interface FieldUse {
  readonly typeName: string
  readonly fieldName: string
  /** Response keys from the root, without list indices. */
  readonly path: readonly string[]
  readonly node: FieldNode
  /** Undefined for `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | undefined
  /** The field that it stands below; null at the root. */
  readonly parent: FieldUse | null
}

/** An operation before it is planned: conditions resolved, every field with its place. The same object for the same text and conditions. */
export interface PreparedOperation {
  readonly uses: readonly FieldUse[]
  /** The client's response key for a key of the data; null for the gateway's own. */
  readonly outKey: (key: string) => string | null
}

/** An operation, compiled. */
export interface CompiledOperation {
  readonly fetches: readonly Fetch[]
  /** Fetches that fill trees of their own, put together with the first at the end: what one plan would have mixed up. */
  readonly apart: readonly (readonly Fetch[])[]
  /** Nothing is left to ask, for the caller may read nothing of it: the answer's data is null. */
  readonly isEmpty: boolean
  /** How the whole answer looks. */
  readonly shape: ObjectShape
  readonly keys: OwnKeys
  /** Every field with arguments that is asked of countries, for the checks before any leg. */
  readonly checked: readonly CheckedField[]
  /** The introspection part of the operation, to be answered by the API schema itself; null where there is none. */
  readonly introspection: DocumentNode | null
}

/** A field whose arguments are checked before any leg is sent. */
export interface CheckedField {
  readonly coordinate: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  readonly page: PageArguments | null
  readonly spread: SpreadRule | null
  readonly domain: string
}

/** A page of an EVERY connection as it was asked: where each country is asked from. */
export interface Page {
  readonly order: string
  readonly first: number
  /** The `after` that was given, verbatim. */
  readonly after: string | null
  /** Where the countries stand that are not in `silent`; null is the start. */
  readonly base: Place | null
  /** Where the countries stand that were silent before; 0 is the start. */
  readonly silent: Readonly<Record<string, Place | 0>>
}

/** One country's leg of a fetch, before it is sent. */
export interface PlannedLeg {
  readonly country: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly fields: readonly LegField[]
  /** The representations asked about, as indices into the fetch's entities; null in a root fetch. */
  readonly entities: readonly number[] | null
  /** The caller's scopes and granted policies that the rules of what is asked name: what the leg's token needs to say. */
  readonly scopes: readonly string[]
  readonly policies: readonly string[]
}

/** A top field as one country is asked it. */
export interface LegField {
  readonly field: TopField
  /** Why a part below the field is not asked of the country: `PARTLY_DENIED` or `PARTLY_NOT_PUBLISHED`; no code where all is. */
  readonly partly: Outcome
}

/** Which countries a top field is asked of in this request, and from where. */
export interface FieldTarget {
  readonly field: TopField
  /** In code order. For a root OWNER field the one owner. */
  readonly countries: readonly string[]
  /** Countries of the set that are not asked, with the reason. */
  readonly unasked: ReadonlyMap<string, Outcome>
  readonly page: Page | null
  /** The record that a root OWNER field asks for by its id; null for any other field. */
  readonly recordId: string | null
}

/** An entity asked about, with all objects of the answer so far that it stands for. */
export interface Entity {
  readonly representation: Readonly<Record<string, unknown>>
  readonly objects: readonly Record<string, unknown>[]
  /** Where the first of the objects stands, with list indices. */
  readonly path: readonly (string | number)[]
  /** Variables whose values come from objects above this one (`@fromContext`); entities of one leg have equal ones. */
  readonly context: Readonly<Record<string, unknown>>
}

/** An error position to be told to the caller: `path` by response keys, without list indices where it stands for many rows. */
export interface Complaint {
  readonly code: ErrorCode
  readonly country: string | null
  readonly coordinate: string | null
  readonly path: readonly (string | number)[]
}
