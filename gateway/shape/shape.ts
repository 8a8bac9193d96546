/**
 * Shapes the answer (docs/design/spread.md, Step 6: shape): from the gathered data to the answer that the operation asked for.
 * The answer has its keys in the operation's order and nothing that the operation did not ask for. Nulls propagate as the schema says.
 * Pure.
 */

import { getOrAdd } from '../../contract/get-or-add.ts'
import { setMember } from '../../contract/json-value.ts'
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { AnswerError } from '../types/flow.ts'
import type { CompositeShape, FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'

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
    else setMember(result, field.outKey, value)
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

// Shapes an answer, or an object in it, from which nothing is missing, and in which nothing is denied: most of them. What it makes is what {@link
// shapeAnswer} makes. It knows no places, so as soon as something is missing, that function has to say what, and where.

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
  return getOrAdd(shapers, shape, () => objectShaper(shape))
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

/**
 * Lists the root fields that no fetch of the plan asks for. The planner leaves out a field silently if it finds no way to it, as below an
 * interface that no type of the subgraph implements. Each such field is null in the answer, and this error says why.
 * @param tree the gathered data, by the gateway's response keys. A field that was asked for has a key in it, or an error.
 * @param errors the answer's errors so far.
 */
export function listLostFields(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
  errors: readonly AnswerError[],
): readonly AnswerError[] {
  const fields = shape.onlyType?.fields ?? []
  const absent = fields.filter(({ key, outKey, fieldName, isDenied }) => {
    return !Object.hasOwn(tree, key) && outKey !== null && fieldName !== '__typename' && !isDenied
  })
  if (absent.length === 0) return []
  const explained = new Set(errors.map(({ path }) => path[0]))
  return absent
    .filter(({ key }) => !explained.has(key))
    .map(({ key, coordinate }) => ({ code: 'PLAN_FAILED', country: null, coordinate, path: [key] }))
}

/**
 * Makes an error for each required value that is missing and that no other error explains. An error explains a missing value if it is at
 * the value or below it.
 * @param errors the answer's errors, with list indices.
 * @param denials errors at fields that the caller may not read anywhere: they have no list indices.
 */
export function explainMissing(
  missing: readonly MissingValue[],
  errors: readonly AnswerError[],
  denials: readonly AnswerError[],
  outKey: (key: string) => string | null,
): readonly AnswerError[] {
  if (missing.length === 0) return []
  const clientPath = ({ path }: AnswerError): unknown[] =>
    path.map((step) => (typeof step === 'string' ? outKey(step) : step))
  const explained = new Set(errors.flatMap((error) => listPrefixes(clientPath(error))))
  const explainedEverywhere = new Set(denials.flatMap((error) => listPrefixes(clientPath(error))))
  return missing
    .filter(({ path }) => !explained.has(keyOf(path)) && !explainedEverywhere.has(keyOf(withoutIndices(path))))
    .map(({ path, coordinate }) => ({ code: 'NULL_FOR_NON_NULL', country: null, coordinate, path }))
}

function listPrefixes(path: readonly unknown[]): string[] {
  return path.map((_, i) => keyOf(path.slice(0, i + 1)))
}

/** Returns the response keys of a path. */
export function withoutIndices(path: readonly unknown[]): readonly unknown[] {
  return path.filter((step) => typeof step === 'string')
}

function keyOf(path: readonly unknown[]): string {
  return JSON.stringify(path)
}
