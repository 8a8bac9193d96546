import { isObject, listItems, type PlacedValue } from '../../contract/json-value.ts'
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { AnswerError } from '../types/flow.ts'
import { type Shaped, withoutIndices } from './shape.ts'

type Path = readonly (string | number)[]

/**
 * Finds the places in the answer where values are missing because the caller may not read a field. Each error gets one error for each
 * such place. If a value above the field is null, the path leads on from there to the field, without the indices of lists that the answer does not
 * have (GraphQL specification, section 7.1.2: the path is the field's, also where its null propagated). If a list is empty, the error is at the list.
 * @param errors with paths of response keys, without list indices.
 * @param shaped the answer; its `data` is null if nothing was asked.
 * @returns at least one error more than an answer reports, if there are more.
 */
export function placeDenials(
  errors: readonly AnswerError[],
  { data, denied }: Pick<Shaped, 'data' | 'denied'>,
  outKey: (key: string) => string | null,
): readonly AnswerError[] {
  if (errors.length === 0) return []
  const found = Map.groupBy(denied, ({ path, coordinate }) => keyOf(withoutIndices(path), coordinate))
  const placed: AnswerError[] = []
  for (const error of errors) {
    if (placed.length > MAX_ERRORS) break
    const keys = error.path.map((step) => (typeof step === 'string' ? outKey(step) : step))
    const visited = found.get(keyOf(keys, error.coordinate))?.map(({ path }) => path)
    const places = visited ?? listPlaces(data, keys)
    for (const path of places) placed.push({ ...error, path })
  }
  return placed
}

function keyOf(keys: readonly unknown[], coordinate: string | null): string {
  return JSON.stringify([coordinate, ...keys])
}

function listPlaces(data: unknown, keys: readonly (string | number | null)[]): readonly Path[] {
  let places: readonly PlacedValue[] = [{ value: data, at: [] }]
  for (const [index, key] of keys.entries()) {
    if (typeof key !== 'string') break
    const items = places.flatMap(listItems)
    const objects = items.filter(({ value }) => isObject(value) && Object.hasOwn(value, key))
    if (objects.length === 0) {
      const rest = keys.slice(index).filter((name) => typeof name === 'string')
      const nulls = items.filter(({ value }) => value === null)
      if (nulls.length > 0) places = nulls.map(({ value, at }) => ({ value, at: [...at, ...rest] }))
      break
    }
    places = objects.map(({ value, at }) => ({ value: (value as Record<string, unknown>)[key], at: [...at, key] }))
  }
  return places.slice(0, MAX_ERRORS + 1).map(({ at }) => at)
}
