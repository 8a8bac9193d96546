/** What the plan room hands on: an operation, prepared and then compiled into fetches. Made once per text, never changed. Types only. */
import type {
  DocumentNode,
  FieldNode,
  GraphQLArgument,
  GraphQLField,
  SelectionNode,
  VariableDefinitionNode,
} from 'graphql'
import type { MergeSpec } from './merge.ts'
import type { FieldShape, ObjectShape, PageArguments } from './shape.ts'

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
  readonly keys: GatewayKeys
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
export interface GatewayKeys {
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
  readonly separately: readonly (readonly Fetch[])[]
  /** Nothing is left to ask, for the caller may read nothing of it: the answer's data is null. */
  readonly isEmpty: boolean
  /** How the whole answer looks. */
  readonly shape: ObjectShape
  readonly keys: GatewayKeys
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
