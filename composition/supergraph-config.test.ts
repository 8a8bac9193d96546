import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSupergraphConfig } from './compose.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-compose-'))
  writeFileSync(join(folder, 'a.graphql'), 'type Query { n: Int }')
})
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string) {
  const file = join(folder, 'supergraph.yaml')
  writeFileSync(file, text)
  return readSupergraphConfig(file)
}

const A = 'subgraphs: { a: { routing_url: "http://a.example/graphql", schema: { file: a.graphql } } }'

describe('supergraph.yaml', () => {
  it.each(['', 'federation_version: 2\n', 'federation_version: =2.14.4\n'])('is read if it begins with %j', (head) => {
    expect(read(head + A)).toEqual([{ name: 'a', url: 'http://a.example/graphql', sdl: 'type Query { n: Int }' }])
  })

  it.each([
    ['another major version', `federation_version: 1\n${A}`, /supergraph\.yaml: .*federation_version/s],
    ['an unknown key', `${A}\nproxy: x`, /Unrecognized key: "proxy"/],
    [
      'a subgraph that would be introspected',
      A.replace('file: a.graphql', 'subgraph_url: "http://a.example"'),
      /subgraphs\.a\.schema/,
    ],
    ['a routing_url that is not a URL', A.replace('http://a.example/graphql', 'nowhere'), /subgraphs\.a\.routing_url/],
    ['a file that does not exist', A.replace('a.graphql', 'b.graphql'), /b\.graphql/],
    ['no subgraphs', 'federation_version: 2', /subgraphs/],
  ])('is rejected with %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})
