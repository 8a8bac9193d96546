import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { putResolvableKeysFirst } from './unresolvable-key-first.ts'

it('puts the keys that resolve before those that only refer, and keeps each order otherwise', () => {
  const sdl = `type Part @join__type(graph: A, key: "a", resolvable: false) @join__type(graph: A, key: "b") @tag(name: "x")
    @join__type(graph: B, key: "c", resolvable: false) @join__type(graph: B, key: "d", resolvable: true) { a: ID }`
  const keys = [...print(putResolvableKeysFirst(parse(sdl))).matchAll(/key: "(\w)"/g)].map(([, key]) => key)
  expect(keys).toEqual(['b', 'd', 'a', 'c'])
})

it('sorts the keys of an interface too', () => {
  const sdl = 'interface I @join__type(graph: A, key: "a", resolvable: false) @join__type(graph: A, key: "b") { a: ID }'
  expect(print(putResolvableKeysFirst(parse(sdl)))).toMatch(/key: "b"\).*key: "a"/s)
})

it('does not change a supergraph in which each key resolves', () => {
  const supergraph = parse('type  Part  @join__type(graph: A, key: "a")  { a: ID }')
  expect(putResolvableKeysFirst(supergraph)).toBe(supergraph)
})
