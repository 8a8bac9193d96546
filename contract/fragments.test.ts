import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { fragmentsInOrderOfUse } from './fragments.ts'

function namesOf(text: string): readonly string[] {
  return fragmentsInOrderOfUse(parse(text)).map(({ name }) => name.value)
}

it.each([
  ['no fragment', '{a}', []],
  ['a chain', '{...f} fragment f on Q{...g} fragment g on Q{x{...h}} fragment h on Q{a}', ['h', 'g', 'f']],
  ['a fragment that is not used', '{a} fragment f on Q{a}', ['f']],
  ['a fragment that does not exist', '{...f} fragment f on Q{...nowhere}', ['f']],
  ['an inline fragment', '{a} fragment f on Q{... on Q{...g}} fragment g on Q{a}', ['g', 'f']],
])('orders fragments after those that they use: %s', (_, text, names) => {
  expect(namesOf(text)).toEqual(names)
})

it.each([
  ['a circle', '{...f} fragment f on Q{...g} fragment g on Q{...f}', 'in a circle'],
  ['a fragment that uses itself', '{...f} fragment f on Q{a{...f}}', 'in a circle'],
  ['two fragments of one name', '{...f} fragment f on Q{a} fragment f on Q{b}', 'fragments have one name'],
])('refuses %s', (_, text, message) => {
  expect(() => namesOf(text)).toThrow(message)
})

it('takes time in proportion to the uses of a fragment', () => {
  const users = Array.from({ length: 20_000 }, (_, at) => `fragment f${at} on Q{...g}`).join(' ')
  const startedAt = performance.now()
  expect(namesOf(`{a} ${users} fragment g on Q{a}`)[0]).toBe('g')
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
