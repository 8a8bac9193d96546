/**
 * The true data of a model: the value of each field of each object, a function of the seed. The subgraphs and the reference read it, each
 * only what it may know.
 */
import { hashOf } from '../random.ts'
import { parseFieldSet, project } from './field-sets.ts'
import { answering, type FieldModel, HUES, isLeafName, type Model, ROWS } from './model.ts'

/** An object: a row of an entity type, or a value at its place. */
export interface Instance {
  readonly type: string
  /** The row's number; -1 for a value. */
  readonly row: number
  readonly key: string
  /** The representation that the gateway sent to the subgraph, if it sent one. */
  readonly given?: Readonly<Record<string, unknown>>
  /** External fields that the field above provides. */
  provided?: string
}

/** Reads the truth. */
export interface Truth {
  /** Returns the value of a field: leaves as they are, objects as instances. @throws {Error} if the field fails. */
  valueOf(field: FieldModel, instance: Instance | null, args: Readonly<Record<string, unknown>>): unknown
  fieldOf(typeName: string, name: string): FieldModel
  /** Returns the planted failure of a field of an object: it throws, or it is null even if its type is non-null. */
  plantedFor(
    field: FieldModel,
    instance: Instance | null,
    args: Readonly<Record<string, unknown>>,
  ): 'throws' | 'null' | null
  isMissing(typeName: string, row: number, subgraph: string): boolean
  /** Computes the value of a `@requires` field from the values that it requires. */
  madeOf(projection: unknown, strict: boolean): string | null
}

/** Text in the errors of a subgraph. It must not reach a client. */
export const FAILURE = 'SECRET-MARKER of a subgraph'

const STRINGS = ['', 'plain', 'ñandú "quoted"', '\\ \n', '__proto__', '🦜', 'a'.repeat(40)] as const

/** A row of an entity. */
export function rowOf(type: string, row: number): Instance {
  return { type, row, key: `${type}#${row}` }
}

/** Returns the id of a row, which differs from the id of each row of any other type. */
export function idOf(type: string, row: number): string {
  return `${type}:${row}"é`
}

/** Makes the true data of a model. */
export function truthOf(model: Model): Truth {
  const fields = fieldsOf(model)
  const numberOf = (text: string): number => hashOf(`${model.seed}|${text}`)
  const placeOf = (field: FieldModel, instance: Instance | null, args: object): string =>
    `${field.parent}.${field.name}|${instance?.key ?? ''}|${JSON.stringify(args)}`
  const truth: Truth = {
    fieldOf(typeName, name) {
      const field = fields.get(`${typeName}.${name}`)
      if (!field) throw new Error(`expected a field of the model; came ${typeName}.${name}`)
      return field
    },
    isMissing: (typeName, row, subgraph) =>
      (model.objects.get(typeName)?.missingIn.has(subgraph) ?? false) &&
      numberOf(`missing ${typeName} ${row} ${subgraph}`) % 3 === 0,
    plantedFor(field, instance, args) {
      const number = field.fails ? numberOf(`fails ${placeOf(field, instance, args)}`) % 4 : 4
      return number === 0 ? 'throws' : number === 1 ? 'null' : null
    },
    madeOf(projection, strict) {
      const values = Object.values(projection as object)
      return strict && values.includes(null) ? null : `made of ${shortened(JSON.stringify(projection))}`
    },
    valueOf(field, instance, args) {
      const inKey = instance ? keyValue(field, instance) : undefined
      if (inKey !== undefined) return inKey
      const [owner = ''] = answering(field)
      if (instance && truth.isMissing(instance.type, instance.row, owner)) return null
      const place = placeOf(field, instance, args)
      const planted = truth.plantedFor(field, instance, args)
      if (planted === 'throws') throw new Error(FAILURE)
      if (planted === 'null') return null
      const requires = field.by.get(owner)?.requires
      if (requires !== undefined && instance) return truth.madeOf(requiredOf(instance, requires), field.strict)
      return made(field.wrap, place, (at) => single(field, at, numberOf(at)), numberOf)
    },
  }
  const requiredOf = (instance: Instance, requires: string): unknown =>
    project(
      instance,
      parseFieldSet(requires),
      (object, name) => truth.valueOf(truth.fieldOf(String(object.type), name), object as never, {}),
      (object, typeName) => object.type === typeName,
    )
  const single = (field: FieldModel, at: string, number: number): unknown => {
    if (isLeafName(field.named)) return leaf(field.named, number)
    const types = runtimeTypes(field, model)
    const type = types[number % types.length] ?? ''
    const isEntity = model.objects.get(type)?.kind === 'entity'
    return isEntity ? rowOf(type, (number >>> 8) % ROWS) : { type, row: -1, key: String(hashOf(`${model.seed} ${at}`)) }
  }
  return truth
}

/** The fields of a model by coordinate, as `Type.field`. */
function fieldsOf(model: Model): ReadonlyMap<string, FieldModel> {
  const fields = new Map<string, FieldModel>()
  for (const one of model.interfaceObjects) {
    for (const field of one.fields) {
      for (const type of [one.name, ...one.members]) fields.set(`${type}.${field.name}`, field)
    }
  }
  for (const object of model.objects.values()) {
    for (const field of object.fields) fields.set(`${object.name}.${field.name}`, field)
  }
  for (const field of model.roots) fields.set(`Query.${field.name}`, field)
  return fields
}

function shortened(text: string): string {
  return text.length > 150 ? `${text.length} ${hashOf(text)}` : text
}

/** Lists the types that are known to each subgraph which declares the field. */
function runtimeTypes(field: FieldModel, model: Model): readonly string[] {
  const abstract = model.abstracts.get(field.named)
  if (!abstract) return [field.named]
  const memberLists = [...field.by.keys()].flatMap((subgraph) => {
    const members = abstract.members.get(subgraph)
    return members ? [members] : []
  })
  const [first = [...abstract.members.values()][0] ?? [], ...rest] = memberLists
  return first.filter((name) => rest.every((members) => members.includes(name)))
}

function made(wrap: string, at: string, one: (at: string) => unknown, numberOf: (text: string) => number): unknown {
  const isNonNull = wrap.endsWith('!')
  const inner = isNonNull ? wrap.slice(0, -1) : wrap
  if (!isNonNull && numberOf(`null ${at}`) % 7 === 0) return null
  if (!inner.startsWith('[')) return one(at)
  const length = numberOf(`length ${at}`) % 4
  return Array.from({ length }, (_, i) => made(inner.slice(1, -1), `${at}|${i}`, one, numberOf))
}

function leaf(name: string, number: number): unknown {
  if (name === 'Int') return (number % 41) - 20
  if (name === 'Float') return (number % 400) / 8 - 20.5
  if (name === 'Boolean') return number % 2 === 0
  if (name === 'Hue') return HUES[number % HUES.length]
  if (name === 'ID') return String(number % 100)
  return STRINGS[number % STRINGS.length]
}

function keyValue({ parent, name }: FieldModel, { type, row, key }: Instance): unknown {
  if (parent === 'Spot') {
    const number = Number(key.slice('spot#'.length))
    return name === 'x' ? number % 2 : number >> 1
  }
  if (row < 0) return undefined
  if (name === 'id') return idOf(type, row)
  if (name === 'sku') return `k${row}`
  if (name === 'region') return row % 2
  if (name === 'code') return `c${row >> 1}`
  return name === 'spot' ? { type: 'Spot', row: -1, key: `spot#${row}` } : undefined
}
