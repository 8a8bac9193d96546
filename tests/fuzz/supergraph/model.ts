/**
 * The model of a supergraph: which subgraph answers which field of which type. The SDLs, the resolvers and the reference are made from it.
 */

/** How one subgraph declares a field. */
export interface Role {
  /** Declared `@external`: the subgraph answers it only at a place that provides it. */
  readonly external?: true
  /** Overridden by another subgraph: still declared, but the gateway must never ask for it. */
  readonly legacy?: true
  readonly requires?: string
  readonly provides?: string
  /** The name of the subgraph that it overrides. */
  readonly override?: string
}

/** An argument with its type and its default, as SDL. */
export interface ArgumentModel {
  readonly name: string
  readonly type: string
  readonly defaultValue?: string
}

/** One field of one type. `wrap` is its type with `%` for the name in it, as in `[%!]!`. */
export interface FieldModel {
  readonly parent: string
  readonly name: string
  readonly named: string
  readonly wrap: string
  readonly args: readonly ArgumentModel[]
  /** By subgraph. */
  readonly by: Map<string, Role>
  /** Fails for some rows: throws, or answers null even if the type is non-null. */
  fails: boolean
  inaccessible: boolean
  /** A requirement names it below the required field. */
  required: boolean
  /** If a required value is null, the field is null: its value must not depend on the cause of the null. */
  strict: boolean
}

/** A key: names of fields, nested ones as `spot { x y }`. */
export interface Key {
  readonly text: string
  readonly names: readonly string[]
}

/** An object type with the subgraphs that know it. */
export interface ObjectModel {
  readonly kind: 'entity' | 'value'
  readonly name: string
  readonly fields: FieldModel[]
  /** Keys by subgraph. A value type has none. */
  readonly keys: Map<string, { readonly keys: readonly Key[]; readonly resolvable: boolean }>
  /** Subgraphs in which rows are missing. */
  readonly missingIn: Set<string>
  readonly implements: string[]
}

/** A union or an interface with its members by subgraph, and an interface's fields by subgraph. */
export interface AbstractModel {
  readonly kind: 'union' | 'interface'
  readonly name: string
  readonly members: Map<string, readonly string[]>
  readonly fields: Map<string, readonly string[]>
  /** The key of an interface of entities. */
  readonly isEntity: boolean
}

/** An entity interface as the subgraphs see it that do not know its implementations (`@interfaceObject`). */
export interface InterfaceObjectModel {
  readonly name: string
  readonly members: readonly string[]
  readonly fields: readonly FieldModel[]
  readonly subgraphs: readonly string[]
}

/** The complete model. Root fields are fields of `Query`. */
export interface Model {
  readonly seed: string
  readonly subgraphs: readonly string[]
  readonly objects: Map<string, ObjectModel>
  readonly abstracts: Map<string, AbstractModel>
  readonly interfaceObjects: InterfaceObjectModel[]
  readonly roots: FieldModel[]
}

/** How many rows an entity type has. */
export const ROWS = 5

/** The leaf types of every model. */
export const LEAVES = ['Int', 'String', 'Boolean', 'Float', 'ID', 'Hue'] as const

/** Values of the enum `Hue`. */
export const HUES = ['RED', 'GREEN', 'BLUE'] as const

/** Whether a name is that of a leaf type. */
export function isLeafName(name: string): boolean {
  return (LEAVES as readonly string[]).includes(name)
}

/** Whether a subgraph answers a field by itself. */
export function isAnswering(role: Role | undefined): boolean {
  return role !== undefined && !role.external && !role.legacy
}

/** Lists the subgraphs that answer a field. */
export function answering(field: FieldModel): readonly string[] {
  return [...field.by].filter(([, role]) => isAnswering(role)).map(([name]) => name)
}

/** Whether a subgraph knows a type of this name. */
export function isKnownIn(model: Model, name: string, subgraph: string): boolean {
  if (isLeafName(name)) return true
  const object = model.objects.get(name)
  if (object?.kind === 'entity') return object.keys.has(subgraph)
  if (object) return object.fields.some(({ by }) => by.has(subgraph))
  const isInterfaceObject = model.interfaceObjects.some((one) => one.name === name && one.subgraphs.includes(subgraph))
  return isInterfaceObject || (model.abstracts.get(name)?.members.has(subgraph) ?? false)
}

/** Makes a field that no subgraph has yet. */
export function newField(parent: string, name: string, named: string, wrap: string): FieldModel {
  return {
    parent,
    name,
    named,
    wrap,
    args: [],
    by: new Map(),
    fails: false,
    inaccessible: false,
    required: false,
    strict: false,
  }
}

/** Whether exactly one subgraph answers a field and no other declares it. */
export function isSole(field: FieldModel): boolean {
  return answering(field).length === 1 && field.by.size === 1
}
