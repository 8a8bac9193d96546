/**
 * An operation as the rooms of a request use it: its plan (`plan.ts`, plain data) bound to the schemas. Each type shares the members of
 * its plain twin and adds what only a schema knows. The planner makes an operation once for each text, set of conditions and set of
 * removed fields; nobody changes it afterwards. Types only.
 */
import type { GraphQLField } from 'graphql'
import type {
  PlainFetch,
  PlannedCheckedField,
  PlannedOperation,
  PlannedSpreadFetch,
  PlannedSpreadRule,
  PlannedTopField,
  PlannedUse,
} from './plan.ts'
import type { OperationToPlan, PlannedFields } from './planning.ts'
import type { FieldShape, ObjectShape, PageArguments } from './shape.ts'

/** An operation before the gateway decides what the caller may read. The same text and conditions give the same object. */
export interface PreparedOperation extends PlannedFields {
  readonly uses: readonly FieldUse[]
  /** What the gateway plans, which is also `lifted.operation`. */
  readonly operation: OperationToPlan
  /** Returns the client's response key for a key of the data; null for a gateway key. */
  readonly outKey: (key: string) => string | null
}

/** A field at one place of an operation, with its definition in the API schema. */
export interface FieldUse extends PlannedUse {
  /** Undefined for `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | undefined
  readonly parent: FieldUse | null
}

/** An operation that can be run. */
export interface CompiledOperation extends PlannedOperation {
  readonly fetches: readonly Fetch[]
  readonly separateGroups: readonly (readonly Fetch[])[]
  readonly shape: ObjectShape
  readonly checked: readonly CheckedField[]
  /** Returns the client's response key for a key of the data; null for a gateway key. */
  readonly outKey: (key: string) => string | null
}

/** A fetch of a compiled operation. A fetch of a subgraph that no country publishes needs no binding. */
export type Fetch = SpreadFetch | PlainFetch

/** A fetch of a domain that countries publish, bound to the domain's schema. */
export interface SpreadFetch extends PlannedSpreadFetch {
  readonly fields: readonly TopField[]
}

/** A field at the top of a fetch, bound to the domain's schema. */
export interface TopField extends PlannedTopField {
  readonly shape: FieldShape
  readonly spread: SpreadRule | null
}

/** How a field is spread, with the field's definition in the domain. */
export interface SpreadRule extends PlannedSpreadRule {
  readonly definition: GraphQLField<unknown, unknown>
}

/** A field whose arguments the gateway checks before it sends any leg, with its definition in the domain. */
export interface CheckedField extends PlannedCheckedField {
  readonly definition: GraphQLField<unknown, unknown>
  readonly page: PageArguments | null
  readonly spread: SpreadRule | null
}
