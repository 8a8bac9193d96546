import { describe, expect, it } from 'vitest'
import { allOf, anyOf, compile, raw, sql } from './sql.ts'

describe('joined conditions', () => {
  it.each([
    [allOf([]), 'true', []],
    [anyOf([]), 'false', []],
    [allOf([sql`a = ${1}`]), '(a = $1)', [1]],
    [
      sql`${anyOf([sql`a = ${1}`, sql`b = ${2} or c`, raw('d')])} and e = ${3}`,
      '(a = $1) or (b = $2 or c) or (d) and e = $3',
      [1, 2, 3],
    ],
  ])('are written side by side, with their values in order', (piece, text, params) => {
    expect(compile(piece)).toEqual({ text, params })
  })

  it('may be as many as a list of a request', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => sql`a = ${i}`)
    expect(compile(anyOf(many)).params).toHaveLength(20_000)
  })
})
