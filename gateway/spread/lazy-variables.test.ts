import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lazyVariables } from './lazy-variables.ts'

const NAMES = ['representations', 'representations1']
const others = fc.dictionary(
  fc.stringMatching(/^_?[a-z][a-zA-Z0-9]*$/).filter((name) => !NAMES.includes(name) && name !== 'toJSON'),
  fc.jsonValue(),
)

it('variables that are parsed when they are read say what plain variables say, to who reads them and in JSON', () => {
  fc.assert(
    fc.property(others, fc.tuple(fc.jsonValue(), fc.jsonValue()), (values, lists) => {
      const variables = lazyVariables(
        values,
        NAMES,
        lists.map((list) => JSON.stringify(list)),
      )
      const plain: Record<string, unknown> = JSON.parse(
        JSON.stringify({ ...values, ...Object.fromEntries(NAMES.map((name, i) => [name, lists[i]])) }),
      )
      for (const name of Object.keys(plain)) expect(JSON.stringify(variables[name])).toBe(JSON.stringify(plain[name]))
      expect(JSON.stringify(variables)).toBe(JSON.stringify(plain))
      expect(Object.keys(variables)).toEqual(Object.keys(values))
    }),
  )
})
