/** Reads representations from objects. What to read from objects of one runtime type is found once for each fetch. */
import type { RequiredSelection } from '../types/plan.ts'

/** An entity as a request names it. */
export type Representation = Record<string, unknown>

/** The fields that a representation of one runtime type is made of, in their order. */
export interface RepresentationSteps {
  readonly fields: readonly (RequiredSelection & { readonly kind: 'field' })[]
  /** Whether it has a type and an `id` and nothing else. */
  readonly hasOnlyId: boolean
}

/** By runtime type; null is an object that does not say its type, to which all fragments apply. A value of null: such objects are not entities. */
type StepsByType = Map<string | null, RepresentationSteps | null>

const stepsByRequires = new WeakMap<readonly RequiredSelection[], StepsByType>()

/** How many runtime types are remembered for one fetch. A subgraph may answer with any text as the name of a type. */
const MAX_TYPES = 64

/** Returns what to read from an object; null if nothing is required of its type, or not each part of it. */
export function stepsFor(
  requires: readonly RequiredSelection[],
  object: Readonly<Record<string, unknown>>,
  typenameKey: string,
): RepresentationSteps | null {
  const named = object[typenameKey] ?? object.__typename
  const typename = typeof named === 'string' ? named : null
  let byType = stepsByRequires.get(requires)
  if (byType === undefined) {
    byType = new Map()
    stepsByRequires.set(requires, byType)
  }
  const known = byType.get(typename)
  if (known !== undefined) return known
  const steps = makeSteps(requires, typename)
  if (byType.size < MAX_TYPES) byType.set(typename, steps)
  return steps
}

function makeSteps(requires: readonly RequiredSelection[], typename: string | null): RepresentationSteps | null {
  const fields = listFields(requires, typename)
  if (fields === null) return null
  const names = fields.map(({ name }) => name)
  const hasOnlyId = names.length === 2 && names[0] === '__typename' && names[1] === 'id'
  return { fields, hasOnlyId: hasOnlyId && fields.every(({ selections }) => selections === null) }
}

/** Lists the fields with those of the fragments that apply. Null if a selection that applies is empty: then it has no representation. */
function listFields(
  requires: readonly RequiredSelection[],
  typename: string | null,
): RepresentationSteps['fields'] | null {
  const fields: RepresentationSteps['fields'][number][] = []
  for (const selection of requires) {
    if (selection.kind === 'field') {
      fields.push(selection)
      continue
    }
    if (selection.types !== null && typename !== null && !selection.types.has(typename)) continue
    const below = listFields(selection.selections, typename)
    if (below === null) return null
    fields.push(...below)
  }
  return fields.length > 0 ? fields : null
}

/** Reads a representation from an object; null if a part that it needs is missing. */
export function readRepresentation(
  object: Readonly<Record<string, unknown>>,
  { fields }: RepresentationSteps,
  typenameKey: string,
): Representation | null {
  const result: Representation = {}
  for (const { key, name, selections } of fields) {
    const value = object[key]
    if (value === undefined) return null
    result[name] = selections === null ? value : readNested(value, selections, typenameKey)
  }
  return result
}

function readNested(value: unknown, requires: readonly RequiredSelection[], typenameKey: string): unknown {
  if (Array.isArray(value)) return value.map((item) => readNested(item, requires, typenameKey))
  if (!isJsonObject(value)) return value
  const steps = stepsFor(requires, value, typenameKey)
  return steps === null ? null : readRepresentation(value, steps, typenameKey)
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
