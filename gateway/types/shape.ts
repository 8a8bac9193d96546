/**
 * The shape of an answer: which fields an operation selects on which types, and what each value is. It is bound to a schema: the plan has it without the
 * checks and definitions (`Unbound`, `plan.ts`). Types only.
 */
import type { FieldNode, GraphQLField } from 'graphql'

/** The form that a value must have. */
export type ValueShape = LeafShape | ListShape | CompositeShape

/** A scalar or an enum. */
export interface LeafShape {
  readonly kind: 'leaf'
  readonly nonNull: boolean
  /** The scalar's or the enum's name. Null if any value may come, because introspection answers the field. */
  readonly typeName: string | null
  /** Whether a JSON value belongs to this scalar or enum. */
  readonly accepts: (value: unknown) => boolean
  /** Whether the type is `ID`. An ID may come as an integer; the client gets it as a string. */
  readonly isId: boolean
  /** The values of an enum. Absent if the type is a scalar. */
  readonly enumValues?: readonly string[]
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
  /** The one runtime type if the static type is an object type; null for interfaces and unions. */
  readonly onlyType: TypeShape | null
  /** By runtime type name. */
  readonly types: ReadonlyMap<string, TypeShape>
  /**
   * What the operation selects on an interface for each runtime type. Needed for interface objects, because a subgraph answers these
   * without knowing the runtime type. Null for object types and unions.
   */
  readonly anyType: TypeShape | null
  /** Response keys that hold `__typename` for each runtime type. */
  readonly typenameKeys: readonly string[]
}

/** What was selected on one runtime type. */
export interface TypeShape {
  readonly typeName: string
  readonly fields: readonly FieldShape[]
  /** The runtime type is an entity with a record id, so the gateway checks that the id belongs to the country that answers. */
  readonly record: boolean
  /** Null if the type is not a connection. */
  readonly connection: ConnectionShape | null
}

/** One response key of an object. */
export interface FieldShape {
  /** The key in the data. It differs from `outKey` if the client's alias would collide with a key field. */
  readonly key: string
  /** The key in the answer to the client; null if the gateway asked for its own use. */
  readonly outKey: string | null
  readonly fieldName: string
  /** `Type.field`. */
  readonly coordinate: string
  /**
   * No country lets the caller read the field. It is null in the answer even if the data has a value, because the planner may have asked
   * for the field as a key.
   */
  readonly isDenied: boolean
  readonly value: ValueShape
  /** The records below this field may belong to another country (`@crossBorder`). */
  readonly border: boolean
  /**
   * The value must be the country that answers: `country` of a record or row, `originator` of its provenance. A list, such as `withheldBy`,
   * may name that country once.
   */
  readonly namesCountry: boolean
  /** Null unless the field returns a connection and has the arguments `first` and `after`. */
  readonly page: PageArguments | null
}

/** The connection's parts by response key. Each alias of a part is listed. */
export interface ConnectionShape {
  readonly edges: readonly string[]
  /** The response key of `edges` below which the gateway asks for its cursors. */
  readonly gatewayEdges: string
  /** The gateway key of `cursor` below `gatewayEdges`. */
  readonly gatewayCursor: string
  /** The response key of `node` below `gatewayEdges`; null if the operation does not ask for one. */
  readonly gatewayNode: string | null
}

/** Where to read the page of a connection field: the field's definition, and the node as the client wrote it. */
export interface PageArguments {
  readonly coordinate: string
  readonly node: FieldNode
  /** The order's name if it is fixed; null if the argument `orderBy` names it. */
  readonly fixedOrder: string | null
  /** Set for an EVERY connection: the variable that carries `after` to a country. */
  readonly afterVariable: string | null
  readonly definition: GraphQLField<unknown, unknown>
}
