/**
 * Shapes the answer (docs/design/spread.md, Step 6: shape): from the gathered data to the answer that the operation asked for.
 * Keys in the order asked, nulls propagated as the schema says, nothing that was not asked. Pure.
 */
import type { FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'

/** A place where a required value is missing. */
export interface MissingValue {
  readonly path: readonly (string | number)[]
  readonly coordinate: string
}

/** The shaped answer. `data` is null where a null reached the root. */
export interface Shaped {
  readonly data: Record<string, unknown> | null
  readonly missing: readonly MissingValue[]
}

/** Shapes the whole answer. */
export function shapeAnswer(shape: ObjectShape, tree: Readonly<Record<string, unknown>>): Shaped {
  const missing: MissingValue[] = []
  const data = shape.onlyType ? shapeFields(shape.onlyType, tree, [], missing) : null
  return { data: data === BUBBLE ? null : (data as Record<string, unknown> | null), missing }
}

const BUBBLE = Symbol('bubble')

function shapeFields(
  type: TypeShape,
  source: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  missing: MissingValue[],
  knowsType = true,
): unknown {
  const result: Record<string, unknown> = {}
  let bubbles = false
  for (const field of type.fields) {
    if (field.outKey === null) continue
    const at = [...path, field.outKey]
    const isTypename = field.fieldName === '__typename' && !field.isDenied
    // The name of an interface is no runtime type: where no subgraph told the type, it is missing.
    const value = isTypename
      ? knowsType
        ? type.typeName
        : shapeValue(field.value, null, at, field, missing)
      : shapeField(source, field, at, missing)
    if (value === BUBBLE) bubbles = true
    else define(result, field.outKey, value)
  }
  return bubbles ? BUBBLE : result
}

function shapeField(
  source: Readonly<Record<string, unknown>>,
  field: FieldShape,
  path: readonly (string | number)[],
  missing: MissingValue[],
): unknown {
  const raw = !field.isDenied && Object.hasOwn(source, field.key) ? source[field.key] : undefined
  return shapeValue(field.value, raw, path, field, missing)
}

function shapeValue(
  shape: ValueShape,
  raw: unknown,
  path: readonly (string | number)[],
  field: FieldShape,
  missing: MissingValue[],
): unknown {
  const value = raw === null || raw === undefined ? null : shapeNonNull(shape, raw, path, field, missing)
  if (value === BUBBLE) return shape.nonNull ? BUBBLE : null
  if (value !== null || !shape.nonNull) return value
  missing.push({ path, coordinate: field.coordinate })
  return BUBBLE
}

function shapeNonNull(
  shape: ValueShape,
  raw: unknown,
  path: readonly (string | number)[],
  field: FieldShape,
  missing: MissingValue[],
): unknown {
  if (shape.kind === 'leaf') {
    if (!shape.accepts(raw)) return wrongKind(shape, path, field, missing)
    return shape.isId ? String(raw) : raw
  }
  if (shape.kind === 'list') {
    if (!Array.isArray(raw)) return wrongKind(shape, path, field, missing)
    const items = raw.map((item, i) => shapeValue(shape.of, item, [...path, i], field, missing))
    return items.includes(BUBBLE) ? BUBBLE : items
  }
  if (typeof raw !== 'object' || Array.isArray(raw)) return wrongKind(shape, path, field, missing)
  const source = raw as Record<string, unknown>
  const type = runtimeType(shape.object, source)
  if (!type) return wrongKind(shape, path, field, missing)
  return shapeFields(type, source, path, missing, type !== shape.object.anyType)
}

/** A value that is not of its type is null; a required one is noted where the null is found. */
function wrongKind(
  shape: ValueShape,
  path: readonly (string | number)[],
  field: FieldShape,
  missing: MissingValue[],
): null {
  if (!shape.nonNull) missing.push({ path, coordinate: field.coordinate })
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
