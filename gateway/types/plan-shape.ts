/**
 * The shape of an answer as **plain data**: which fields an operation selects on which types, and what each value is. Part of the plan
 * (`plan.ts`); `shape.ts` has the same types bound to a schema, under the names without `Planned`. Types only.
 */
import type { FieldNode } from 'graphql'

/** How a value may look. */
export type PlannedValueShape = PlannedLeafShape | PlannedListShape | PlannedCompositeShape

/** A scalar or an enum. */
export interface PlannedLeafShape {
  readonly kind: 'leaf'
  readonly nonNull: boolean
  /** The scalar's or the enum's name; null where any value may stand, because introspection answers it. */
  readonly typeName: string | null
}

/** A list. */
export interface PlannedListShape {
  readonly kind: 'list'
  readonly nonNull: boolean
  readonly of: PlannedValueShape
}

/** An object, interface or union. */
export interface PlannedCompositeShape {
  readonly kind: 'object'
  readonly nonNull: boolean
  readonly object: PlannedObjectShape
}

/** An object, interface or union with the fields that were selected on it, by runtime type. */
export interface PlannedObjectShape {
  /** The static type's name. */
  readonly typeName: string
  /** The one runtime type where the static type is an object type; null for interfaces and unions. */
  readonly onlyType: PlannedTypeShape | null
  /** By runtime type name. */
  readonly types: ReadonlyMap<string, PlannedTypeShape>
  /**
   * What was selected on an interface whatever the runtime type, for interface objects: a subgraph answers these without
   * knowing the runtime type. Null for object types and unions.
   */
  readonly anyType: PlannedTypeShape | null
  /** Response keys under which `__typename` stands for every runtime type. */
  readonly typenameKeys: readonly string[]
}

/** What was selected on one runtime type. */
export interface PlannedTypeShape {
  readonly typeName: string
  readonly fields: readonly PlannedFieldShape[]
  /** The runtime type is an entity with a record id of its own, so its key is checked against the country that answers. */
  readonly record: boolean
  /** Set where the type is a connection. */
  readonly connection: ConnectionShape | null
}

/** One response key of an object. */
export interface PlannedFieldShape {
  /** The key in the data; differs from `outKey` where the client's alias would collide with a key field. */
  readonly key: string
  /** The key in the answer to the client; null where the gateway asked for itself. */
  readonly outKey: string | null
  readonly fieldName: string
  /** `Type.field`. */
  readonly coordinate: string
  /** The caller may read it nowhere: it is null whatever the data holds, because the planner may have asked for it as a key. */
  readonly isDenied: boolean
  readonly value: PlannedValueShape
  /** The records below this field may be another country's (`@crossBorder`). */
  readonly border: boolean
  /** The value must be the answering country: `country` of a record or row, `originator` of its provenance. */
  readonly namesCountry: boolean
  /** Set where the field returns a connection and has `first` and `after`. */
  readonly page: PlannedPage | null
}

/** The connection's parts by response key; aliases of one part stand side by side. */
export interface ConnectionShape {
  readonly edges: readonly string[]
  /** Own key of `cursor` in the first of `edges`, and of the node below it. */
  readonly gatewayEdges: string
  readonly gatewayCursor: string
  readonly gatewayNode: string | null
}

/** Where the page of a connection field is read from: the field's coordinate and the node as the client wrote it. */
export interface PlannedPage {
  readonly coordinate: string
  readonly node: FieldNode
  /** The order's name, where it is fixed; null where `orderBy` says it. */
  readonly fixedOrder: string | null
  /** Set for an EVERY connection: the variable that carries `after` to a country. */
  readonly afterVariable: string | null
}
