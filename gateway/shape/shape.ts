/**
 * Shapes the answer (docs/design/spread.md, Step 6: shape): from the gathered data to the answer that the operation asked for.
 * The answer has its keys in the operation's order and nothing that the operation did not ask for. Nulls propagate as the schema says.
 * Pure.
 */
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { CompositeShape, FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'
import { mayBeWhole, shapeWhole } from './shape-whole.ts'

/** A place where a value is missing: it is required, or the caller may not read it. */
export interface MissingValue {
  readonly path: readonly (string | number)[]
  readonly coordinate: string
}

/** The shaped answer. `data` is null if a null propagated to the root. */
export interface Shaped {
  readonly data: Record<string, unknown> | null
  readonly missing: readonly MissingValue[]
  /** Where fields are that the caller may not read: not many more places than an answer reports. */
  readonly denied: readonly MissingValue[]
}

/** What shaping notes about the answer. */
interface Notes {
  /** The place of the value that is being shaped. It is one list for all values, because an answer has many. */
  readonly path: (string | number)[]
  readonly missing: MissingValue[]
  readonly denied: MissingValue[]
  /** Whether the value may be whole, and nobody has tried to shape it as such. */
  mayBeWhole: boolean
}

/**
 * Shapes the complete answer. What is whole in it is shaped without places.
 * @param tree the gathered data, by the gateway's response keys.
 */
export function shapeAnswer(shape: ObjectShape, tree: Readonly<Record<string, unknown>>): Shaped {
  if (shape.onlyType === null || !mayBeWhole(shape)) return shapeWithPlaces(shape, tree, true)
  const whole = shapeWhole(shape, tree)
  return whole === null ? shapeWithPlaces(shape, tree) : { data: whole, missing: [], denied: [] }
}

/**
 * Shapes an answer and notes the place of each value that is missing or denied.
 * @param mayHaveWholeParts whether objects in the answer are first shaped as whole ones, where nothing below is denied.
 */
export function shapeWithPlaces(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
  mayHaveWholeParts = false,
): Shaped {
  const notes: Notes = { path: [], missing: [], denied: [], mayBeWhole: mayHaveWholeParts }
  const data = shape.onlyType ? shapeFields(shape.onlyType, tree, notes) : null
  const { missing, denied } = notes
  return { data: data === PROPAGATING_NULL ? null : (data as Record<string, unknown> | null), missing, denied }
}

/** A null at a required value: it propagates to the value above. */
const PROPAGATING_NULL = Symbol('propagating null')

function shapeFields(
  type: TypeShape,
  source: Readonly<Record<string, unknown>>,
  notes: Notes,
  knowsType = true,
): unknown {
  const result: Record<string, unknown> = {}
  let isNull = false
  for (const field of type.fields) {
    if (field.outKey === null) continue
    notes.path.push(field.outKey)
    const isTypename = field.fieldName === '__typename' && !field.isDenied
    // The name of an interface is not a runtime type. If no subgraph answered the runtime type, it is missing.
    let value: unknown
    if (!isTypename) value = shapeField(source, field, notes)
    else value = knowsType ? type.typeName : shapeValue(field.value, null, field, notes)
    notes.path.pop()
    if (value === PROPAGATING_NULL) isNull = true
    else define(result, field.outKey, value)
  }
  return isNull ? PROPAGATING_NULL : result
}

function shapeField(source: Readonly<Record<string, unknown>>, field: FieldShape, notes: Notes): unknown {
  const { coordinate, isDenied } = field
  if (isDenied && notes.denied.length <= MAX_ERRORS) notes.denied.push({ path: [...notes.path], coordinate })
  const raw = !isDenied && Object.hasOwn(source, field.key) ? source[field.key] : undefined
  return shapeValue(field.value, raw, field, notes)
}

function shapeValue(shape: ValueShape, raw: unknown, field: FieldShape, notes: Notes): unknown {
  const value = raw === null || raw === undefined ? null : shapeNonNull(shape, raw, field, notes)
  if (value === PROPAGATING_NULL) return shape.nonNull ? PROPAGATING_NULL : null
  if (value !== null || !shape.nonNull) return value
  notes.missing.push({ path: [...notes.path], coordinate: field.coordinate })
  return PROPAGATING_NULL
}

function shapeNonNull(shape: ValueShape, raw: unknown, field: FieldShape, notes: Notes): unknown {
  if (shape.kind === 'leaf') {
    if (!shape.accepts(raw)) return nullForWrongType(shape, field, notes)
    return shape.isId ? String(raw) : raw
  }
  if (shape.kind === 'list') {
    if (!Array.isArray(raw)) return nullForWrongType(shape, field, notes)
    const items = raw.map((item, i) => {
      notes.path.push(i)
      const value = shapeValue(shape.of, item, field, notes)
      notes.path.pop()
      return value
    })
    return items.includes(PROPAGATING_NULL) ? PROPAGATING_NULL : items
  }
  if (typeof raw !== 'object' || Array.isArray(raw)) return nullForWrongType(shape, field, notes)
  const source = raw as Record<string, unknown>
  if (!notes.mayBeWhole || !mayBeWhole(shape.object)) return shapeObject(shape, source, field, notes)
  const whole = shapeWhole(shape.object, source)
  if (whole !== null) return whole
  // What is below was tried with it. So no value is shaped more than twice.
  notes.mayBeWhole = false
  const shaped = shapeObject(shape, source, field, notes)
  notes.mayBeWhole = true
  return shaped
}

function shapeObject(
  shape: CompositeShape,
  source: Readonly<Record<string, unknown>>,
  field: FieldShape,
  notes: Notes,
): unknown {
  const type = runtimeType(shape.object, source)
  if (!type) return nullForWrongType(shape, field, notes)
  return shapeFields(type, source, notes, type !== shape.object.anyType)
}

/** Turns a value that does not have its type into null. Notes it, unless the value is required: then `shapeValue` notes it. */
function nullForWrongType(shape: ValueShape, field: FieldShape, notes: Notes): null {
  if (!shape.nonNull) notes.missing.push({ path: [...notes.path], coordinate: field.coordinate })
  return null
}

function runtimeType(shape: ObjectShape, source: Readonly<Record<string, unknown>>): TypeShape | undefined {
  if (shape.onlyType) return shape.onlyType
  const keys = shape.typenameKeys.length > 0 ? shape.typenameKeys : ['__typename']
  const name = [...keys, '__typename'].map((key) => source[key]).find((value) => typeof value === 'string')
  if (shape.anyType && (name === undefined || name === shape.typeName)) return shape.anyType
  return typeof name === 'string' ? shape.types.get(name) : undefined
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
