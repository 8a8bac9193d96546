import { describe, expect, it } from 'vitest'
import { createMemoryAdapter } from './provider.ts'

describe('what a login provider keeps in memory', () => {
  it('is kept for each model by itself', async () => {
    const of = createMemoryAdapter()
    await of('Session').upsert('1', { uid: 'u' }, 10)
    expect(await of('Session').find('1')).toEqual({ uid: 'u' })
    expect(await of('Session').findByUid('u')).toEqual({ uid: 'u' })
    expect(await of('Grant').find('1')).toBeUndefined()
    expect(await of('Grant').findByUid('u')).toBeUndefined()
  })

  it('ends at its time', async () => {
    let now = 0
    const codes = createMemoryAdapter(() => now)('AuthorizationCode')
    await codes.upsert('1', { uid: 'u' }, 60)
    now = 59_999
    expect(await codes.find('1')).toBeDefined()
    now = 60_000
    expect(await codes.find('1')).toBeUndefined()
    expect(await codes.findByUid('u')).toBeUndefined()
  })

  it('is consumed once, also by two who looked before', async () => {
    const codes = createMemoryAdapter()('AuthorizationCode')
    await codes.upsert('1', {}, 60)
    const results = await Promise.allSettled([codes.consume('1'), codes.consume('1'), codes.consume('2')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await codes.find('1')).toMatchObject({ consumed: expect.any(Number) })
  })

  it('goes with its grant', async () => {
    const codes = createMemoryAdapter()('AuthorizationCode')
    await codes.upsert('1', { grantId: 'a' }, 60)
    await codes.upsert('2', { grantId: 'b' }, 60)
    await codes.revokeByGrantId('a')
    expect([await codes.find('1'), await codes.find('2')]).toEqual([undefined, { grantId: 'b' }])
  })

  it('does not grow without end: the oldest goes first, but what has ended goes before it', async () => {
    let now = 0
    const of = createMemoryAdapter(() => now)
    const logins = of('Interaction')
    await of('Session').upsert('mine', {}, 3600)
    for (let index = 0; index < 10_000; index++) await logins.upsert(`${index}`, {}, 1)
    expect(await of('Session').find('mine')).toBeUndefined()
    await of('Session').upsert('other', {}, 3600)
    now = 2000
    for (let index = 0; index < 9_000; index++) await logins.upsert(`again ${index}`, {}, 1)
    expect(await of('Session').find('other')).toBeDefined()
  })
})
