/**
 * The plan of an operation, as **plain data**: strings, numbers, booleans, arrays, Maps, Sets, plain objects, and syntax trees without
 * locations. `structuredClone` copies all of it, so a worker thread can make a plan and post it to the thread that answers requests. A
 * plan has a field's coordinate in place of its definition. `operation.ts` has the same types bound to the schemas: a type named
 * `PlannedX` here is `X` there, with what only the schema knows added. A type without a bound twin is the same in both. Types only.
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

/**
 * An operation in the form that the planner needs: its conditions are resolved, aliases that the planner would lose are renamed, and the
 * root fields of its fragments are written out in place.
 */
export interface NormalisedOperation {
  /** The part to plan; null if the operation asks only for `__typename` and introspection. */
  readonly planned: DocumentNode | null
  /** The `__schema` and `__type` fields with what they need; null if there are none. */
  readonly introspection: DocumentNode | null
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly keys: GatewayKeys
}

/** The aliases under which the gateway asks for what it needs itself. No response key of the client begins with `prefix`. */
export interface GatewayKeys {
  readonly prefix: string
  readonly typename: string
  readonly id: string
}

/** A field at one place of an operation, on one of the types that the operation asks it of. */
export interface PlannedUse {
  readonly typeName: string
  readonly fieldName: string
  /** Response keys from the root, without list indices. */
  readonly path: readonly string[]
  readonly node: FieldNode
  /** The field above it; null at the root. */
  readonly parent: PlannedUse | null
}

/**
 * An operation before the gateway decides what the caller may read: normalised, with each field and its place. `planning.ts` says which
 * part of it `bind/` makes a `PreparedOperation`.
 */
export interface PlannedPreparation {
  readonly normalised: NormalisedOperation
  readonly uses: readonly PlannedUse[]
}

/** The plan of an operation. `bind/` makes it a `CompiledOperation`. */
export interface PlannedOperation {
  readonly fetches: readonly PlannedFetch[]
  /**
   * Groups of fetches that one plan would have mixed up. Each group fills a tree of its own; at the end the gateway merges these trees
   * into the first.
   */
  readonly separateGroups: readonly (readonly PlannedFetch[])[]
  /** Nothing is left to ask, because the caller may read nothing that the operation asks for. The answer's data is null. */
  readonly isEmpty: boolean
  /** The shape of the complete answer. */
  readonly shape: PlannedObjectShape
  readonly keys: GatewayKeys
  /** Each field with arguments that countries answer. The gateway checks these arguments before it sends any leg. */
  readonly checked: readonly PlannedCheckedField[]
  /** The introspection part of the operation, which the gateway answers from the API schema; null if there is none. */
  readonly introspection: DocumentNode | null
}

/** A fetch of a planned operation. */
export type PlannedFetch = PlannedSpreadFetch | PlainFetch

interface FetchBase {
  /** Its place in the planned operation; a fetch depends only on earlier ones. */
  readonly index: number
  readonly domain: string
  readonly dependsOn: readonly number[]
  /** The place of the objects that this fetch adds to: response keys, and `@` for each list level. */
  readonly path: readonly string[]
  readonly variableDefinitions: readonly VariableDefinitionNode[]
}

/** A fetch of a domain that countries publish: it becomes one leg per country. */
export interface PlannedSpreadFetch extends FetchBase {
  readonly mode: 'ROOT' | 'OWNER' | 'EVERY'
  readonly fields: readonly PlannedTopField[]
  /** What a representation is made of; null in a root fetch. */
  readonly requires: readonly RequiredSelection[] | null
  readonly keys: GatewayKeys
}

/** A field at the top of a fetch: of the root type, or of the entity type that the fetch asks about. */
export interface PlannedTopField {
  /** Ordinal within the fetch, a bit of a leg document's key. */
  readonly bit: number
  /** The entity type that has the field; the root type's name in a root fetch. */
  readonly typeName: string
  /** The field as legs ask for it: gateway keys added, `outcomes` taken out, the EVERY argument and `after` in variables. */
  readonly node: FieldNode
  readonly shape: PlannedFieldShape
  readonly spread: PlannedSpreadRule | null
  readonly merge: MergeSpec | null
}

/** How the gateway spreads a field: `@answeredBy`. */
export interface PlannedSpreadRule {
  readonly who: 'OWNER' | 'EVERY'
  /** The name of the argument that says which country or countries to ask. */
  readonly argument: string
  /** The node as the client wrote it, for its arguments. */
  readonly node: FieldNode
  /** Whether an access rule guards the field. If so, the gateway asks the mandate's countries by default. */
  readonly isGuarded: boolean
}

/** A field whose arguments the gateway checks before it sends any leg. */
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
  /** Values of objects at or above `path` that the gateway sends as variables (`@fromContext`). */
  readonly contextRewrites: readonly Rewrite[]
  /** Types of this subgraph that are interfaces elsewhere. Such a name never replaces a runtime type from another subgraph. */
  readonly interfaceObjects: ReadonlySet<string>
  /** The top selections of `query`. */
  readonly selections: readonly SelectionNode[]
}

/** What a representation is made of. */
export type RequiredSelection =
  | {
      readonly kind: 'field'
      /** The key in the data. */
      readonly key: string
      /** The name in the representation. */
      readonly name: string
      readonly selections: readonly RequiredSelection[] | null
    }
  | {
      readonly kind: 'fragment'
      /** The runtime types that it applies to; null: all. */
      readonly types: ReadonlySet<string> | null
      readonly selections: readonly RequiredSelection[]
    }

/** A rewrite that the planner demands of data sent to a subgraph or received from it. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly RewriteStep[]; readonly value: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly RewriteStep[]; readonly renameKeyTo: string }

/** A response key, `..` for the object above, or the runtime types that an object must be of. */
export type RewriteStep = string | ReadonlySet<string>
