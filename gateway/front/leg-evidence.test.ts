import { expect, it } from 'vitest'
import { deriveQuestionSalt } from '../../contract/leg-salt.ts'
import { createEvidence } from './graphql-route.ts'

const leg = (characters: number) => ({
  ...{ country: 'GT', domain: 'cases', salt: '', receipt: null },
  request: '',
  answer: 'x'.repeat(characters),
})

it('holds 64 legs and 4,000,000 characters, and counts what it leaves out', () => {
  const many = createEvidence()
  for (let index = 0; index < 70; index += 1) many.add(leg(1))
  expect([many.list().legs.length, many.list().leftOff]).toEqual([64, 6])
  const large = createEvidence()
  for (const characters of [3_000_000, 1_000_001, 1_000_000, 1]) large.add(leg(characters))
  expect([large.list().legs.length, large.list().leftOff]).toEqual([2, 2])
})

it('counts an answer that has no evidence', () => {
  const evidence = createEvidence()
  evidence.add(undefined)
  expect(evidence.list()).toEqual({ legs: [], leftOff: 1, salt: null })
})

it('has the salt of the statement’s hash, and not that of the request', () => {
  const requestSalt = Buffer.alloc(32, 3)
  const { salt } = createEvidence(requestSalt).list()
  expect(salt).toBe(Buffer.from(deriveQuestionSalt(requestSalt)).toString('base64url'))
  expect(Buffer.from(String(salt), 'base64url')).toHaveLength(16)
  expect(requestSalt.includes(Buffer.from(String(salt), 'base64url'))).toBe(false)
})
