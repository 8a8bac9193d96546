import { describe, expect, it } from 'vitest'
import type { MandateInForce } from '../doors.ts'
import { createProver } from './mandates.ts'

const MANDATE = { hash: 'm', document: {} } as MandateInForce

/** A log whose newest checkpoint is cosigned or not. */
function world() {
  const state = { isInForce: true, isCosigned: false, made: 0, collected: 0, answers: true, told: [] as string[] }
  const prove = createProver(
    {
      find: async () => (state.isInForce ? MANDATE : null),
      prove: async (hash, country) => {
        if (state.isCosigned) state.made += 1
        return state.isCosigned ? `${hash} ${country} ${state.made}` : null
      },
    },
    async () => {
      state.collected += 1
      state.isCosigned = state.answers
    },
    (country) => state.told.push(country),
  )
  return { state, prove }
}

describe('the prover of mandates', () => {
  it('asks the witnesses when they have not seen the newest checkpoint', async () => {
    const { state, prove } = world()
    expect(await prove('m', 'HN')).toBe('m HN 1')
    expect(state.collected).toBe(1)
  })

  it('gives the same proof again while the log grows, and another one for another country', async () => {
    const { state, prove } = world()
    await prove('m', 'HN')
    state.isCosigned = false
    expect(await prove('m', 'HN')).toBe('m HN 1')
    expect(state.collected).toBe(1)
    expect(await prove('m', 'SV')).toBe('m SV 2')
  })

  it('gives no proof while the witnesses are silent, and gives one when they answer', async () => {
    const { state, prove } = world()
    state.answers = false
    expect(await prove('m', 'HN')).toBeNull()
    state.answers = true
    expect(await prove('m', 'HN')).toBe('m HN 1')
  })

  it('says once which country gets no proof, and again if it gets none later', async () => {
    const { state, prove } = world()
    state.answers = false
    for (const country of ['HN', 'HN', 'SV']) await prove('m', country)
    expect(state.told).toEqual(['HN', 'SV'])
    state.answers = true
    await prove('m', 'HN')
    state.isCosigned = state.answers = false
    await prove('n', 'HN')
    expect(state.told).toEqual(['HN', 'SV', 'HN'])
  })

  it('gives no proof of a mandate that ended, although it gave one before', async () => {
    const { state, prove } = world()
    await prove('m', 'HN')
    state.isInForce = false
    expect(await prove('m', 'HN')).toBeNull()
    state.isInForce = true
    expect(await prove('m', 'HN')).toBe('m HN 2')
  })
})
