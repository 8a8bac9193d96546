import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ownProperty, ownPropertyOf } from './findings.ts'

const INHERITED = Object.getOwnPropertyNames(Object.prototype)

it('an own property of an object from JSON is what the object has itself, whatever its name', () => {
  const names = fc.constantFrom('id', 'name', '0', '', ...INHERITED)
  const values = fc.constantFrom(null, 0, false, '', 'x', {}, [])
  const members = fc.array(fc.tuple(names, values), { maxLength: 4 })
  fc.assert(
    fc.property(members, (drawn) => {
      const text = drawn.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')
      const object = JSON.parse(`{${text}}`) as Record<string, unknown>
      for (const name of ['id', 'name', '0', '', ...INHERITED]) {
        const expected = Object.getOwnPropertyDescriptor(object, name)?.value
        expect(ownProperty(object, name)).toBe(expected)
        expect(ownPropertyOf(object, name)).toBe(expected)
      }
    }),
  )
  for (const value of [null, undefined, 'text', 1]) expect(ownPropertyOf(value, 'length')).toBeUndefined()
})
