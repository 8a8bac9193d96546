import { describe, expect, it } from 'vitest'
import { parseMandateAct, parseMandateActAnswer } from './mandate-act.ts'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const NAME = { act: 'name', token: 't', subjects: ['olga'] } as const

describe('a request of a person', () => {
  it.each([
    [NAME],
    [{ act: 'draft', token: 't', document: '{}' }],
    [{ act: 'approve', token: 't', document: '{}' }],
    [{ act: 'revoke', token: 't', document: '{}' }],
  ])('is read: %j', (request) => {
    expect(parseMandateAct(bytes(request))).toEqual(request)
  })

  it.each([
    ['an unknown act', { ...NAME, act: 'erase' }],
    ['no token', { act: 'name', subjects: [] }],
    ['an unknown member', { ...NAME, issuer: 'https://evil.example' }],
    ['an empty subject', { ...NAME, subjects: [''] }],
    ['201 subjects', { ...NAME, subjects: Array(201).fill('olga') }],
    ['a document that is no text', { act: 'draft', token: 't', document: {} }],
    ['a document of more than 32 KiB', { act: 'draft', token: 't', document: 'x'.repeat(32_769) }],
    ['a list', [NAME]],
  ])('is refused because of %s', (_, request) => {
    expect(() => parseMandateAct(bytes(request))).toThrow(/expected a request of a person/)
  })

  it('is refused if it is not JSON in UTF-8', () => {
    expect(() => parseMandateAct(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(/UTF-8/)
  })
})

describe('an answer of the authority', () => {
  it('has the mandate and its state, or the hashes of persons', () => {
    const answer = { mandate: 'm'.repeat(43), state: 'DRAFTED' } as const
    expect(parseMandateActAnswer(JSON.stringify(answer))).toEqual(answer)
    expect(() => parseMandateActAnswer('{"persons":["olga"]}')).toThrow(/expected an answer/)
  })
})
