import { describe, expect, it } from 'vitest'
import { legalModule } from '../legal/module.ts'
import { createExecutor, LIMITS } from './execute.ts'
import { createLoaders } from './loaders.ts'
import { buildNodeSchema } from './node-schema.ts'
import { TEST_CLAIMS } from './testing.ts'
import type { Reader } from './types.ts'

describe('a leg', () => {
  it('lets others run between reading, checking and running its document, each of which may take long', async () => {
    const steps: string[] = []
    const check = async (): Promise<void> => void steps.push('check')
    const db: Reader = {
      async query() {
        steps.push('query')
        return []
      },
      async pause() {
        steps.push('pause')
      },
    }
    const execute = createExecutor(buildNodeSchema(legalModule), LIMITS, () => undefined, check)
    const leg = { country: 'HN', db, claims: TEST_CLAIMS, loader: createLoaders(), notes: [] }
    await execute({ query: '{ statute(id: "HN:CP:1") { id } }' }, { ...leg, countThreshold: 1, contactPoint: null })
    expect(steps.slice(0, 4)).toEqual(['pause', 'check', 'pause', 'query'])
  })
})
