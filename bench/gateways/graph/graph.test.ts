import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS } from '../../../contract/domain.ts'
import { plainSdl, plainSupergraph } from './graph.ts'

describe('the graph of the bench', () => {
  it('has subgraphs that a gateway of Federation 1 reads: without links and rules', () => {
    for (const domain of DOMAINS) {
      const sdl = plainSdl(domain)
      expect(() => parse(sdl)).not.toThrow()
      expect(sdl.match(/@\w+/g)?.filter((name) => name !== '@key' && name !== '@external')).toEqual([])
    }
    expect(plainSdl('cases')).toContain(
      'extend type Person @key(fields: "id") {\n  id: ID! @external\n  cases: [Case!]\n}',
    )
    expect(plainSdl('persons')).toContain('\ntype Person @key(fields: "id") {\n  id: ID!\n  name: String')
  })

  it('composes with the addresses of the subgraphs', () => {
    expect(plainSupergraph((domain) => `http://${domain}.example/`)).toContain('url: "http://legal.example/"')
  })
})
