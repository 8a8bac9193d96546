/**
 * What planning makes of an operation, as **plain data**: strings, numbers, booleans, arrays, Maps, Sets, plain objects, and syntax trees
 * without locations. `structuredClone` copies all of it, so a worker thread can make it and post it to the thread that answers requests.
 * Where a field's definition is needed, its coordinate stands for it. `operation.ts` has the same types bound to the schemas: a type
 * named `PlannedX` here is `X` there, with what only the schema knows added. Types without a bound twin are the same in both. Types only.
 */
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
  VariableDefinitionNode,
} from 'graphql'
import type { MergeSpec } from './merge.ts'
import type { PlannedFieldShape, PlannedObjectShape, PlannedPage } from './plan-shape.ts'

/** An operation without conditions, without aliases that the planner would lose, with the root fields of its fragments in place. */
export interface NormalisedOperation {
  /** What is planned; null when the operation asks only for `__typename` and introspection. */
  readonly planned: DocumentNode | null
  /** The `__schema` and `__type` fields with what they need; null when there are none. */
  readonly introspection: DocumentNode | null
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly keys: GatewayKeys
}

/** The aliases under which the gateway asks for what it needs itself; no client's response key begins like them. */
export interface GatewayKeys {
  readonly prefix: string
  readonly typename: string
  readonly id: string
}

/** A field where it stands in an operation, on one of the types that it is asked of. */
export interface PlannedUse {
  readonly typeName: string
  readonly fieldName: string
  /** Response keys from the root, without list indices. */
  readonly path: readonly string[]
  readonly node: FieldNode
  /** The field that it stands below; null at the root. */
  readonly parent: PlannedUse | null
}

/** An operation before its rights are decided: normalised, with every field and its place. Becomes a `PreparedOperation`. */
export interface PlannedPreparation {
  readonly normalised: NormalisedOperation
  readonly uses: readonly PlannedUse[]
}

/** The plan of an operation. Becomes a `CompiledOperation`. */
export interface PlannedOperation {
  readonly fetches: readonly PlannedFetch[]
  /** Fetches that fill trees of their own, put together with the first at the end: what one plan would have mixed up. */
  readonly separately: readonly (readonly PlannedFetch[])[]
  /** Nothing is left to ask, because the caller may read nothing of the operation: the answer's data is null. */
  readonly isEmpty: boolean
  /** How the whole answer looks. */
  readonly shape: PlannedObjectShape
  readonly keys: GatewayKeys
  /** Every field with arguments that is asked of countries, for the checks before any leg. */
  readonly checked: readonly PlannedCheckedField[]
  /** The introspection part of the operation, answered by the API schema itself; null where there is none. */
  readonly introspection: DocumentNode | null
}

/** A fetch of a planned operation. */
export type PlannedFetch = PlannedSpreadFetch | PlainFetch

interface FetchBase {
  /** Its place in the planned operation; a fetch depends only on earlier ones. */
  readonly index: number
  readonly domain: string
  readonly dependsOn: readonly number[]
  /** Response keys, `@` for each list level; where the objects stand that this fetch adds to. */
  readonly path: readonly string[]
  readonly variableDefinitions: readonly VariableDefinitionNode[]
}

/** A fetch of a domain that countries publish: it becomes one leg per country. */
export interface PlannedSpreadFetch extends FetchBase {
  readonly mode: 'ROOT' | 'OWNER' | 'EVERY'
  readonly fields: readonly PlannedTopField[]
  /** How the representations are read; null in a root fetch. */
  readonly requires: readonly RequiredSelection[] | null
  readonly keys: GatewayKeys
}

/** A field at the top of a fetch: of the root type, or of the entity asked about. */
export interface PlannedTopField {
  /** Ordinal within the fetch, a bit of a leg document's key. */
  readonly bit: number
  /** The entity type it stands on; the root type's name in a root fetch. */
  readonly typeName: string
  /** As it is sent: keys added, `outcomes` taken out, the EVERY argument and `after` in variables. */
  readonly node: FieldNode
  readonly shape: PlannedFieldShape
  readonly spread: PlannedSpreadRule | null
  readonly merge: MergeSpec | null
}

/** How a field is spread: `@answeredBy`. */
export interface PlannedSpreadRule {
  readonly who: 'OWNER' | 'EVERY'
  /** The name of the argument that says which country or countries are asked. */
  readonly argument: string
  /** The node as the client wrote it, for its arguments. */
  readonly node: FieldNode
  /** Whether an access rule guards the field: then the mandate's countries are the default set. */
  readonly ruled: boolean
}

/** A field whose arguments are checked before any leg is sent. */
export interface PlannedCheckedField {
  /** `Type.field`, of the domain's schema. */
  readonly coordinate: string
  readonly node: FieldNode
  readonly page: PlannedPage | null
  readonly spread: PlannedSpreadRule | null
  readonly domain: string
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

/** A planner's rewrite of data on the way in or out. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly RewriteStep[]; readonly value: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly RewriteStep[]; readonly renameKeyTo: string }

/** A response key, `..` for the object above, or the runtime types that an object must be of. */
export type RewriteStep = string | ReadonlySet<string>
