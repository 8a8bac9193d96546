import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { describeRules } from './describe-rules.ts'

const ACCESS = { country: 'HN', taskForces: [], policies: createPolicySet('HN', '') }

it('returns the same hashes for an SDL with and without comments, locations and layout', () => {
  const one = describeRules(ACCESS, new Map([['cases', parse('type Query { cases: String } # ours')]]))
  const other = describeRules(
    ACCESS,
    new Map([['cases', parse('type Query {\n cases: String\n}', { noLocation: true })]]),
  )
  expect(one).toEqual(other)
})

it('returns one text with the hash of the access rules, and one with that of the policies', () => {
  const { hashes, texts } = describeRules(ACCESS, new Map([['cases', parse('type Query { cases: String }')]]))
  const textHashes = texts.map((text) => hash('sha256', text))
  expect(textHashes).toContain(hashes.access)
  expect(textHashes).toContain(hashes.policySet)
  const document = texts.find((text) => hash('sha256', text) === hashes.access) ?? ''
  expect(textHashes).toContain(JSON.parse(document).sdl.cases)
})
