import { describe, expect, it } from 'vitest'
import { createUnreachableLog, isUnreachable } from './unreachable-database.ts'

const withCode = (code: string) => Object.assign(new Error('…'), { code })

describe('a statement', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EHOSTUNREACH',
    '08006',
    '28P01',
    '3D000',
    '53300',
    '57P01',
    '57P03',
  ])('that fails with %s did not reach the database', (code) => expect(isUnreachable(withCode(code))).toBe(true))

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'that fails with «%s» did not reach the database',
    (message) => expect(isUnreachable(new Error(message))).toBe(true),
  )

  it.each(['23505', '42703', '57014', '22P02', 'EACCES'])('that fails with %s reached it', (code) => {
    expect(isUnreachable(withCode(code))).toBe(false)
  })

  it('that fails for another reason reached it', () => {
    expect(isUnreachable(new TypeError('no function'))).toBe(false)
    expect(isUnreachable('Connection terminated')).toBe(false)
  })
})

it('the log says in words what is wrong if the user, the password or the name of the database is', () => {
  const remedies: string[] = []
  const log = { error: ({ remedy }: { remedy: string }) => void remedies.push(remedy) } as never
  for (const code of ['28P01', '28000', '3D000']) createUnreachableLog(log, () => 0)(withCode(code))
  expect(remedies).toEqual([
    expect.stringMatching(/^the user or the password is wrong\..*--database-url/),
    expect.stringMatching(/pg_hba\.conf\..*--database-url/),
    expect.stringMatching(/^the server has no database of this name\..*--database-url/),
  ])
})

it('the log says at once why, and not again for ten seconds', () => {
  const lines: object[] = []
  let nowMs = 0
  const note = createUnreachableLog({ error: (line: object) => void lines.push(line) } as never, () => nowMs)
  for (nowMs of [0, 1, 9_999, 10_000, 10_001]) note(withCode('ECONNREFUSED'))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatchObject({ err: { code: 'ECONNREFUSED' }, remedy: expect.stringContaining('--database-url') })
})
