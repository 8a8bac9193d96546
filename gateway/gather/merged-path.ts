import type { Page } from '../types/leg.ts'
import type { MergeSpec, ObjectMerge } from '../types/merge.ts'
import { type CountryPart, listPageRows, type Row } from './merge-connection.ts'

type Path = readonly (string | number)[]

/**
 * Returns a function that turns a place in one country's part of an EVERY field into its place in the merged value. A place is response
 * keys and list indices, from below the field on. The function returns null if the row at the place is not on the page.
 * @param parts all parts of the field, sorted by country code, as `mergeParts` takes them.
 * @param page null for a field that is not a connection.
 */
export function mapPaths(
  spec: MergeSpec,
  parts: readonly CountryPart[],
  page: Page | null,
): (path: Path, part: CountryPart) => Path | null {
  if (spec.kind === 'OBJECT' || page === null) {
    return (path, part) => mergedObjectPath(path, spec as ObjectMerge, part, parts)
  }
  let rows: readonly Row[] | undefined
  return (path, { country }) => {
    const [key, index, ...rest] = path
    if (key === undefined || index === undefined || !spec.edges.some((edges) => edges.key === key)) return path
    rows ??= listPageRows(spec, parts, page)
    const row = rows.findIndex((each) => each.part.country === country && each.index === index)
    return row < 0 ? null : [key, row, ...rest]
  }
}

function mergedObjectPath(path: Path, spec: ObjectMerge, part: CountryPart, parts: readonly CountryPart[]): Path {
  const [key, ...rest] = path
  const rule = spec.fields.find((field) => field.key === key)?.rule
  if (typeof key !== 'string' || rule === undefined) return path
  if (typeof rule === 'object') {
    const below = ({ value, ...others }: CountryPart): CountryPart => {
      return { ...others, value: (value?.[key] ?? null) as CountryPart['value'] }
    }
    return [key, ...mergedObjectPath(rest, rule as ObjectMerge, below(part), parts.map(below))]
  }
  const [index, ...belowItem] = rest
  if (rule !== 'JOIN' || typeof index !== 'number') return path
  return [key, index + countItemsBefore(part.country, key, parts), ...belowItem]
}

/** Counts the items that a joined list has before those of a country. */
function countItemsBefore(country: string, key: string, parts: readonly CountryPart[]): number {
  const before = parts.slice(
    0,
    parts.findIndex((part) => part.country === country),
  )
  return before.reduce((count, { outcome, value }) => {
    const items = outcome.reach === 'ANSWERED' ? value?.[key] : null
    return Array.isArray(items) ? count + items.length : count
  }, 0)
}
