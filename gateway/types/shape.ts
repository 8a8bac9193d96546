/**
 * The shape of an answer, bound to a schema. The rooms that read and write answers use it. Each type adds to its plain twin
 * (`plan-shape.ts`) what only the schema knows: a leaf's check, a page's field definition. Types only.
 */
import type { GraphQLField } from 'graphql'
import type {
  PlannedCompositeShape,
  PlannedFieldShape,
  PlannedLeafShape,
  PlannedListShape,
  PlannedObjectShape,
  PlannedPage,
  PlannedTypeShape,
} from './plan-shape.ts'

/** The form that a value must have, with the checks of its leaves. */
export type ValueShape = LeafShape | ListShape | CompositeShape

/** A scalar or an enum with its check. */
export interface LeafShape extends PlannedLeafShape {
  /** Whether a JSON value belongs to this scalar or enum. */
  readonly accepts: (value: unknown) => boolean
  /** Whether the type is `ID`. An ID may come as an integer; the client gets it as a string. */
  readonly isId: boolean
  /** The values of an enum. Absent if the type is a scalar. */
  readonly enumValues?: readonly string[]
}

/** A list. */
export interface ListShape extends PlannedListShape {
  readonly of: ValueShape
}

/** An object, interface or union. */
export interface CompositeShape extends PlannedCompositeShape {
  readonly object: ObjectShape
}

/** An object, interface or union with the fields that were selected on it, by runtime type. */
export interface ObjectShape extends PlannedObjectShape {
  readonly onlyType: TypeShape | null
  readonly types: ReadonlyMap<string, TypeShape>
  readonly anyType: TypeShape | null
}

/** What was selected on one runtime type. */
export interface TypeShape extends PlannedTypeShape {
  readonly fields: readonly FieldShape[]
}

/** One response key of an object. */
export interface FieldShape extends PlannedFieldShape {
  readonly value: ValueShape
  readonly page: PageArguments | null
}

/** Where to read the page of a connection field, with the field's definition for its arguments and their defaults. */
export interface PageArguments extends PlannedPage {
  readonly definition: GraphQLField<unknown, unknown>
}
