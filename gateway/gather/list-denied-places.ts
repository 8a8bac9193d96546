import type { DeniedField } from '../types/leg.ts'
import type { Issue } from './check-answer.ts'
import { MAX_ISSUES } from './findings.ts'

/**
 * Lists the places in a country's part where a value is missing because the country's rules deny the field.
 * @param denied the denied fields of one top field, with their paths from the top field on.
 * @param value the part's value, in which each list has its final items.
 */
export function listDeniedPlaces(denied: readonly DeniedField[], value: unknown): readonly Issue[] {
  return denied.flatMap(({ coordinate, path }) =>
    listPlaces(value, path.slice(1)).map(
      (at): Issue => ({ code: 'FORBIDDEN_BY_COUNTRY', coordinate, path: at, count: null }),
    ),
  )
}

interface Level {
  readonly value: unknown
  readonly at: readonly (string | number)[]
}

/** Lists the places of a path in a value, with list indices, at most as many as an answer reports. A null on the way ends it. */
function listPlaces(value: unknown, path: readonly string[]): (readonly (string | number)[])[] {
  let level: readonly Level[] = listItems({ value, at: [] })
  for (const [i, key] of path.entries()) {
    const objects = level.filter((each) => isObject(each.value) && Object.hasOwn(each.value, key))
    if (i === path.length - 1) return objects.slice(0, MAX_ISSUES).map(({ at }) => [...at, key])
    level = objects.flatMap((object) =>
      listItems({ value: (object.value as Record<string, unknown>)[key], at: [...object.at, key] }),
    )
  }
  return []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lists a value, or the items of a list and of the lists in it. */
function listItems({ value, at }: Level): readonly Level[] {
  return Array.isArray(value) ? value.flatMap((item, i) => listItems({ value: item, at: [...at, i] })) : [{ value, at }]
}
