/**
 * Shapes an answer, or an object in it, from which nothing is missing, and in which nothing is denied: most of them. What it makes is what
 * {@link shapeAnswer} makes. It knows no places, so as soon as something is missing, that function has to say what, and where.
 */
import type { FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'

/** Stands for a value that lacks a required part, has another type, or may not be read. */
const NOT_WHOLE = Symbol('not whole')

type ShapeValue = (raw: unknown) => unknown
type ShapeFields = (source: Readonly<Record<string, unknown>>) => unknown

const shapers = new WeakMap<ObjectShape, ShapeFields>()

/**
 * Shapes a whole answer, or a whole object in it. What to do with each value is found once for each shape.
 * @param tree the gathered data, by the gateway's response keys.
 * @returns the data; null if it is not whole.
 */
export function shapeWhole(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  const data = shaperOf(shape)(tree)
  return data === NOT_WHOLE ? null : (data as Record<string, unknown>)
}

/** Whether an object of this shape may be whole. It is not if something is denied that each such object has. */
export function mayBeWhole(shape: ObjectShape): boolean {
  return shaperOf(shape) !== never
}

function shaperOf(shape: ObjectShape): ShapeFields {
  let shapeObject = shapers.get(shape)
  if (shapeObject === undefined) {
    shapeObject = objectShaper(shape)
    shapers.set(shape, shapeObject)
  }
  return shapeObject
}

function never(): typeof NOT_WHOLE {
  return NOT_WHOLE
}

interface FieldShaper {
  readonly key: string
  readonly outKey: string
  readonly shape: ShapeValue
}

function fieldsShaper(type: TypeShape, knowsType: boolean): ShapeFields {
  const shapers: FieldShaper[] = []
  for (const field of type.fields) {
    const { key, outKey, isDenied } = field
    if (outKey === null) continue
    // A member of this name must be defined, and not set.
    if (isDenied || outKey === '__proto__') return never
    const shape = fieldShaper(field, type, knowsType)
    if (shape === never) return never
    shapers.push({ key, outKey, shape })
  }
  return (source) => {
    const result: Record<string, unknown> = {}
    for (let at = 0; at < shapers.length; at++) {
      const { key, outKey, shape } = shapers[at] as FieldShaper
      const value = shape(Object.hasOwn(source, key) ? source[key] : undefined)
      if (value === NOT_WHOLE) return NOT_WHOLE
      result[outKey] = value
    }
    return result
  }
}

function fieldShaper({ fieldName, value }: FieldShape, { typeName }: TypeShape, knowsType: boolean): ShapeValue {
  if (fieldName !== '__typename') return valueShaper(value)
  // The name of an interface is not a runtime type. If no subgraph answered the runtime type, it is missing.
  const name = knowsType ? typeName : nullOf(value)
  return () => name
}

function nullOf({ nonNull }: ValueShape): null | typeof NOT_WHOLE {
  return nonNull ? NOT_WHOLE : null
}

function valueShaper(shape: ValueShape): ShapeValue {
  const missing = nullOf(shape)
  const shapeNonNull = nonNullShaper(shape)
  if (shapeNonNull === never) return never
  return (raw) => (raw === null || raw === undefined ? missing : shapeNonNull(raw))
}

function nonNullShaper(shape: ValueShape): ShapeValue {
  if (shape.kind === 'list') return listShaper(valueShaper(shape.of))
  if (shape.kind === 'object') return compositeShaper(shaperOf(shape.object))
  const { accepts, isId } = shape
  if (isId) return (raw) => (accepts(raw) ? String(raw) : NOT_WHOLE)
  return (raw) => (accepts(raw) ? raw : NOT_WHOLE)
}

function listShaper(shapeItem: ShapeValue): ShapeValue {
  if (shapeItem === never) return never
  return (raw) => {
    if (!Array.isArray(raw)) return NOT_WHOLE
    const items: unknown[] = []
    for (let i = 0; i < raw.length; i++) {
      const item = shapeItem(raw[i])
      if (item === NOT_WHOLE) return NOT_WHOLE
      items.push(item)
    }
    return items
  }
}

function compositeShaper(shapeObject: ShapeFields): ShapeValue {
  if (shapeObject === never) return never
  return (raw) =>
    typeof raw !== 'object' || Array.isArray(raw) ? NOT_WHOLE : shapeObject(raw as Record<string, unknown>)
}

/** Returns the function that shapes objects: it chooses by an object's runtime type how. */
function objectShaper(shape: ObjectShape): ShapeFields {
  if (shape.onlyType) return fieldsShaper(shape.onlyType, true)
  const ofTypes = new Map([...shape.types].map(([name, type]) => [name, fieldsShaper(type, type !== shape.anyType)]))
  const ofAny = shape.anyType ? fieldsShaper(shape.anyType, false) : undefined
  const keys = [...shape.typenameKeys, '__typename']
  return (source) => {
    let name: string | undefined
    for (let at = 0; at < keys.length && name === undefined; at++) {
      const value = source[keys[at] as string]
      if (typeof value === 'string') name = value
    }
    if (ofAny && (name === undefined || name === shape.typeName)) return ofAny(source)
    const shapeFields = name === undefined ? undefined : ofTypes.get(name)
    return shapeFields === undefined ? NOT_WHOLE : shapeFields(source)
  }
}
