import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { describeRules } from './describe-rules.ts'

const ACCESS = { country: 'HN', taskForces: [], policies: createPolicySet('HN', '') }

it('gives the same hashes for an SDL with and without comments, places and layout', () => {
  const one = describeRules(ACCESS, new Map([['cases', parse('type Query { cases: String } # ours')]]))
  const other = describeRules(
    ACCESS,
    new Map([['cases', parse('type Query {\n cases: String\n}', { noLocation: true })]]),
  )
  expect(one).toEqual(other)
})

it('names texts of which one has the hash of the access rules, and one that of the policies', () => {
  const { hashes, texts } = describeRules(ACCESS, new Map([['cases', parse('type Query { cases: String }')]]))
  const kept = texts.map((text) => hash('sha256', text))
  expect(kept).toContain(hashes.access)
  expect(kept).toContain(hashes.policySet)
  const document = texts.find((text) => hash('sha256', text) === hashes.access) ?? ''
  expect(kept).toContain(JSON.parse(document).sdl.cases)
})
