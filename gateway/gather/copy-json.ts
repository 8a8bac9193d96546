import { setMember } from '../../contract/json-value.ts'

/** Copies a JSON value, so that whoever adds to the copy does not change the original. */
export function copyJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    setMember(copy, key, copyJson((value as Record<string, unknown>)[key]))
  }
  return copy
}
