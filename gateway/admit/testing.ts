import type { Limits } from './limits.ts'

/** Limits that reject nothing. A test tightens one at a time. */
export const NO_LIMITS: Limits = {
  tokens: Infinity,
  depth: Infinity,
  fields: Infinity,
  rootFields: Infinity,
  aliases: Infinity,
  directives: Infinity,
  overlaps: Infinity,
  operations: Infinity,
  variables: Infinity,
  variableCharacters: Infinity,
  variableDepth: Infinity,
}

/** Returns a document whose fragments each use the next one twice: 2^n fields from n lines. */
export function fragmentBomb(n: number): string {
  const fragments = Array.from({ length: n }, (_, i) => `fragment f${i} on Query{...f${i + 1} ...f${i + 1}}`)
  return `{...f0} ${fragments.join(' ')} fragment f${n} on Query{__typename}`
}
