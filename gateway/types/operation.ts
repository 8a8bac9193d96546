/**
 * An operation as the rooms of a request use it: its plan (`plan.ts`, plain data) bound to the schemas. The planner makes an operation once for each
 * text, set of conditions and set of removed fields; nobody changes it afterwards. Types only.
 */
import type { DocumentNode, FieldNode, GraphQLField } from 'graphql'
import type { MergeSpec } from './merge.ts'
import type { FetchBase, GatewayKeys, NormalisedOperation, PlainFetch, RequiredSelection, Unbound } from './plan.ts'
import type { FieldShape, ObjectShape, PageArguments } from './shape.ts'

/** An operation of a document: the text, the operation's name, and the values of the variables that decide `@include` and `@skip`. */
export interface OperationToPlan {
  readonly source: string
  readonly operationName: string | undefined
  readonly conditions: Readonly<Record<string, boolean>>
}

/** An operation whose values were lifted into variables (plan/normalise/lift-values.ts): what the gateway plans, and its variables. */
export interface LiftedOperation {
  /** The operation to plan. Its text has no value that its client wrote, so operations that differ only in values have one plan. */
  readonly operation: OperationToPlan
  /** The name in that text of each variable of the client; null if the operation stays as it came, with its own variables. */
  readonly names: ReadonlyMap<string, string> | null
  /** The lifted values, coerced, by the names of their variables. */
  readonly values: Readonly<Record<string, unknown>>
}

/** An operation before the gateway decides what the caller may read. The same text and conditions give the same object. */
export interface PreparedOperation {
  readonly lifted: LiftedOperation
  readonly keys: GatewayKeys
  readonly uses: readonly FieldUse[]
  /** Whether the operation asks only about the schema (`__schema`, `__type`, `__typename`), at least by `__schema` or `__type`. */
  readonly isIntrospection: boolean
  /** Returns the client's response key for a key of the data; null for a gateway key. */
  readonly outKey: (key: string) => string | null
}

/** An operation on the planning side: normalised, with each field and its place. `bind/` makes a part of it a {@link PreparedOperation}. */
export interface PlannedPreparation {
  readonly normalised: NormalisedOperation
  readonly uses: readonly Unbound<FieldUse>[]
}

/** A field at one place of an operation, on one of the types that the operation asks it of. */
export interface FieldUse {
  readonly typeName: string
  readonly fieldName: string
  /** Response keys from the root, without list indices. */
  readonly path: readonly string[]
  readonly node: FieldNode
  /** The field above it; null at the root. */
  readonly parent: FieldUse | null
  /** In the API schema. Undefined for `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | undefined
}

/** An operation that can be run. */
export interface CompiledOperation {
  readonly fetches: readonly Fetch[]
  /**
   * Groups of fetches that one plan would have mixed up. Each group fills a tree of its own; at the end the gateway merges these trees
   * into the first.
   */
  readonly separateGroups: readonly (readonly Fetch[])[]
  /** Nothing is left to ask, because the caller may read nothing that the operation asks for. The answer's data is null. */
  readonly isEmpty: boolean
  /** The shape of the complete answer. */
  readonly shape: ObjectShape
  readonly keys: GatewayKeys
  /** Each field with arguments that countries answer. The gateway checks these arguments before it sends any leg. */
  readonly checked: readonly CheckedField[]
  /** The introspection part of the operation, which the gateway answers from the API schema; null if there is none. */
  readonly introspection: DocumentNode | null
  /** Returns the client's response key for a key of the data; null for a gateway key. */
  readonly outKey: (key: string) => string | null
}

/** A fetch of an operation. A fetch of a subgraph that no country publishes needs no binding. */
export type Fetch = SpreadFetch | PlainFetch

/** A fetch of a domain that countries publish: it becomes one leg per country. Its fields are bound to the domain's schema. */
export interface SpreadFetch extends FetchBase {
  readonly mode: 'ROOT' | 'OWNER' | 'EVERY'
  readonly fields: readonly TopField[]
  /** What a representation is made of; null in a root fetch. */
  readonly requires: readonly RequiredSelection[] | null
  readonly keys: GatewayKeys
}

/** A field at the top of a fetch: of the root type, or of the entity type that the fetch asks about. */
export interface TopField {
  /** Ordinal within the fetch, a bit of a leg document's key. */
  readonly bit: number
  /** The entity type that has the field; the root type's name in a root fetch. */
  readonly typeName: string
  /** The field as legs ask for it: gateway keys added, `outcomes` taken out, the EVERY argument and `after` in variables. */
  readonly node: FieldNode
  readonly shape: FieldShape
  readonly spread: SpreadRule | null
  readonly merge: MergeSpec | null
}

/** How the gateway spreads a field: `@answeredBy`. */
export interface SpreadRule {
  readonly who: 'OWNER' | 'EVERY'
  /** The name of the argument that says which country or countries to ask. */
  readonly argument: string
  /** The node as the client wrote it, for its arguments. */
  readonly node: FieldNode
  /** Whether an access rule guards the field. If so, the gateway asks the mandate's countries by default. */
  readonly isGuarded: boolean
  readonly definition: GraphQLField<unknown, unknown>
}

/** A field whose arguments the gateway checks before it sends any leg, with its coordinate and definition in the domain. */
export interface CheckedField extends Pick<PageArguments, 'coordinate' | 'node' | 'definition'> {
  readonly page: PageArguments | null
  readonly spread: SpreadRule | null
  readonly domain: string
}
