import { expect, it } from 'vitest'
import { rememberByObject } from './remember-by-object.ts'

it('computes once for each object, also what is null', () => {
  const seen: object[] = []
  const nameOf = rememberByObject((object: { readonly name: string | null }) => {
    seen.push(object)
    return object.name
  })
  const [one, other] = [{ name: 'one' }, { name: null }]
  expect([nameOf(one), nameOf(other), nameOf(one), nameOf(other)]).toEqual(['one', null, 'one', null])
  expect(seen).toEqual([one, other])
})
