import { readFileSync } from 'node:fs'
import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { domainSdl } from '../domain-sdl.ts'
import { readDomainFloor } from './domain-floor.ts'
import { readSdlFloor, type SdlFloor } from './sdl-faults.ts'

const SUPERGRAPH = parse(readFileSync('supergraph.graphql', 'utf8'), { noLocation: true })

function textOf({ fields }: SdlFloor): readonly string[] {
  return [...fields].map(([coordinate, type]) => `${coordinate}: ${print(type)}`).sort()
}

it.each(['cases', 'persons', 'legal'] as const)(
  'the part of the supergraph that came from %s has the contract’s fields',
  (domain) => {
    expect(textOf(readDomainFloor(SUPERGRAPH, domain))).toEqual(textOf(readSdlFloor(parse(domainSdl(domain)))))
  },
)

it('a subgraph that the supergraph does not have has no fields', () => {
  expect(textOf(readDomainFloor(SUPERGRAPH, 'weather'))).toEqual([])
})
