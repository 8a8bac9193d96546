/**
 * Shapes an answer from which nothing is missing, and in which nothing is denied: most answers. What it makes is what {@link shapeAnswer} makes. It
 * knows no places, so as soon as something is missing, that function has to say what, and where.
 */
import type { FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'

/** Stands for a value that lacks a required part, has another type, or may not be read. */
const NOT_WHOLE = Symbol('not whole')

type ShapeValue = (raw: unknown) => unknown
type ShapeFields = (source: Readonly<Record<string, unknown>>) => unknown

const shapers = new WeakMap<ObjectShape, ShapeFields>()

/**
 * Shapes a whole answer. What to do with each value is found once for each shape.
 * @param tree the gathered data, by the gateway's response keys.
 * @returns the data; null if the answer is not whole.
 */
export function shapeWhole(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  let shapeFields = shapers.get(shape)
  if (shapeFields === undefined) {
    shapeFields = shape.onlyType === null ? never : fieldsShaper(shape.onlyType, true)
    shapers.set(shape, shapeFields)
  }
  const data = shapeFields(tree)
  return data === NOT_WHOLE ? null : (data as Record<string, unknown>)
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
    shapers.push({ key, outKey, shape: fieldShaper(field, type, knowsType) })
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
  return (raw) => (raw === null || raw === undefined ? missing : shapeNonNull(raw))
}

function nonNullShaper(shape: ValueShape): ShapeValue {
  if (shape.kind === 'list') return listShaper(valueShaper(shape.of))
  if (shape.kind === 'object') return objectShaper(shape.object)
  const { accepts, isId } = shape
  if (isId) return (raw) => (accepts(raw) ? String(raw) : NOT_WHOLE)
  return (raw) => (accepts(raw) ? raw : NOT_WHOLE)
}

function listShaper(shapeItem: ShapeValue): ShapeValue {
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

function objectShaper(shape: ObjectShape): ShapeValue {
  const shaperFor = typeChooser(shape)
  return (raw) => {
    if (typeof raw !== 'object' || Array.isArray(raw)) return NOT_WHOLE
    const source = raw as Record<string, unknown>
    return shaperFor(source)(source)
  }
}

/** Returns the function that chooses by an object's runtime type how to shape it. */
function typeChooser(shape: ObjectShape): (source: Readonly<Record<string, unknown>>) => ShapeFields {
  if (shape.onlyType) {
    const only = fieldsShaper(shape.onlyType, true)
    return () => only
  }
  const ofTypes = new Map([...shape.types].map(([name, type]) => [name, fieldsShaper(type, type !== shape.anyType)]))
  const ofAny = shape.anyType ? fieldsShaper(shape.anyType, false) : undefined
  const keys = [...shape.typenameKeys, '__typename']
  return (source) => {
    let name: string | undefined
    for (let at = 0; at < keys.length && name === undefined; at++) {
      const value = source[keys[at] as string]
      if (typeof value === 'string') name = value
    }
    if (ofAny && (name === undefined || name === shape.typeName)) return ofAny
    return (name === undefined ? undefined : ofTypes.get(name)) ?? never
  }
}
