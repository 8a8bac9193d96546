import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allOf, anyOf, columnsFor, compile, raw, type Sql, sql } from './sql.ts'

describe('a piece of SQL', () => {
  it('has its values as parameters, in the order in which they occur', () => {
    const inner = sql`b = ${'x'}`
    expect(compile(sql`a = ${1} and ${inner} or c = ${raw('now()')} and d = ${null}`)).toEqual({
      text: 'a = $1 and b = $2 or c = now() and d = $3',
      params: [1, 'x', null],
    })
  })

  it.each<[string, (conditions: readonly Sql[]) => Sql, string, string]>([
    ['and', allOf, 'true', '((a = $1) and (b))'],
    ['or', anyOf, 'false', '((a = $1) or (b))'],
  ])('joins conditions by %s, each in parentheses', (_, join, none, some) => {
    expect(compile(join([])).text).toBe(none)
    expect(compile(join([sql`a = ${1}`, raw('b')])).text).toBe(some)
  })

  it('joins any number of conditions without a deep call stack', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => sql`a = ${i}`)
    const { text, params } = compile(sql`where ${anyOf(many)} and ${allOf(many)}`)
    expect([params.length, text.match(/ or /g)?.length, text.match(/ and /g)?.length]).toEqual([
      200_000, 99_999, 100_000,
    ])
  })

  it('never has a value in its text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 3 })), (values) => {
        const { text, params } = compile(anyOf(values.map((value) => sql`name = ${value}`)))
        expect(params).toEqual(values)
        expect(text).toMatch(/^(false|\(\(name = \$\d+(\) or \(name = \$\d+)*\)\))$/)
      }),
    )
  })

  it('leaves out the columns of a field that nobody asks for, with their comma and their values', () => {
    const statement = sql`select ${1}${columnsFor('provenance', sql`b + ${2}`)} from t where c = ${3}`
    expect(compile(statement)).toEqual({ text: 'select $1, b + $2 from t where c = $3', params: [1, 2, 3] })
    expect(compile(statement, (field) => field !== 'provenance')).toEqual({
      text: 'select $1 from t where c = $2',
      params: [1, 3],
    })
  })
})
