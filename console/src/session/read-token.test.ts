import { describe, expect, it } from 'vitest'
import { textToBase64Url } from '../../../clients/base64url.ts'
import { readEndMs } from './read-token.ts'

const ASKED_MS = Date.parse('2026-11-28T10:00:00Z')
const ASKED_S = ASKED_MS / 1_000
const HOUR_S = 3_600

const tokenWith = (claims: object): string => `e30.${textToBase64Url(JSON.stringify(claims))}.c2ln`

describe('readEndMs', () => {
  it.each([
    ['by a clock that is right', { iat: ASKED_S, exp: ASKED_S + HOUR_S }],
    ['by a clock that is two hours ahead', { iat: ASKED_S - 2 * HOUR_S, exp: ASKED_S - HOUR_S }],
    ['by a clock that is a day behind', { iat: ASKED_S + 24 * HOUR_S, exp: ASKED_S + 25 * HOUR_S }],
    ['of a token that does not say when it was issued', { exp: ASKED_S + HOUR_S }],
  ])('finds the end an hour later, %s', (_, claims) => {
    expect(readEndMs(tokenWith(claims), ASKED_MS)).toBe(ASKED_MS + HOUR_S * 1_000)
  })

  it.each([
    ['without an end', tokenWith({ iat: ASKED_S })],
    ['whose end is a text', tokenWith({ exp: '2026' })],
    ['that is not a JWT', 'opaque'],
  ])('finds none in a token %s', (_, token) => {
    expect(readEndMs(token, ASKED_MS)).toBe(null)
  })
})
