import { buildSchema, type GraphQLScalarType, graphqlSync, Kind } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SCALARS } from './scalars.ts'

const TABLE: Readonly<
  Record<keyof typeof SCALARS, { readonly good: readonly string[]; readonly bad: readonly unknown[] }>
> = {
  CountryCode: { good: ['GT', 'UN', 'PA'], bad: ['gt', 'XX', 'GTM', '', 'G', 7, null, ['GT'], {}] },
  Date: {
    good: ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'],
    bad: [
      '2023-02-29',
      '1900-02-29',
      '0000-01-01',
      '2024-04-31',
      '2024-13-01',
      '2024-00-10',
      '2024-1-1',
      '2024-01-01T00:00:00Z',
      '',
      20240101,
      true,
    ],
  },
  DateTime: {
    good: ['2026-03-14T09:26:53Z', '2026-03-14t09:26:53.589+05:30', '2016-12-31T23:59:60Z'],
    bad: [
      '2026-03-14',
      '2026-03-14T09:26:53',
      '2026-03-14 09:26:53Z',
      '2026-02-30T00:00:00Z',
      '2026-03-14T24:00:00Z',
      '2026-03-14T09:60:00Z',
      '2026-03-14T09:26:53+24:00',
      0,
    ],
  },
  IccsCode: { good: ['02', '0204', '020411'], bad: ['2', '0204111', '02a', '', ' 02', 2, '٠٢'] },
}

describe.each(Object.entries(TABLE))('%s', (name, { good, bad }) => {
  const scalar: GraphQLScalarType<string> = SCALARS[name as keyof typeof SCALARS]

  it.each(good)('accepts %j as a variable and a literal, and returns it', (value) => {
    expect(scalar.parseValue(value)).toBe(value)
    expect(scalar.parseLiteral({ kind: Kind.STRING, value })).toBe(value)
    expect(scalar.serialize(value)).toBe(value)
  })

  it.each(bad.map((value) => [value]))('rejects %j as input and output, and says what it accepts', (value) => {
    expect(() => scalar.parseValue(value)).toThrow(`${name} takes`)
    expect(() => scalar.serialize(value)).toThrow(`${name} takes`)
  })
})

describe('a scalar', () => {
  it('rejects a literal of another kind', () => {
    expect(() => SCALARS.IccsCode.parseLiteral({ kind: Kind.INT, value: '02' })).toThrow(
      'came a literal of kind IntValue',
    )
  })

  it('never repeats a rejected value', () => {
    expect(() => SCALARS.Date.parseValue('Ana María López')).toThrow(expect.not.stringContaining('Ana'))
  })

  it('rejects a wrong literal with the code BAD_USER_INPUT', () => {
    const schema = buildSchema('scalar Date type Query { on(day: Date!): Int }')
    Object.assign(schema.getType('Date') ?? {}, { parseLiteral: SCALARS.Date.parseLiteral })
    const { errors } = graphqlSync({ schema, source: '{ on(day: "2023-02-29") }' })
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})
