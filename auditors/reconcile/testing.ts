import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { WitnessedPart } from '../../audit/reader/log-reader.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { CLASSES, type DifferenceClass } from './classes.ts'
import { placeShards, type Side } from './sides.ts'

/** What the models of honest and lying parties have in common. */

/** The names of the logs of the gateway and of a country's node. */
export const [GATEWAY, NODE] = ['istmo.example/gateway', 'istmo.example/hn'] as const

/** When a history begins, in milliseconds since the epoch. */
export const START_MS = Date.parse('2026-11-24T00:00:00.000Z')

/** SHA-256 in hexadecimal digits. */
export const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A time of an entry. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** Makes one side of a comparison from the entries of its log. */
export function sideOf(name: string, entries: readonly Entry[], witnessed: Partial<WitnessedPart> = {}): Side {
  const all = entries.map((entry, index) => ({ index, bytes: canonicalBytes(entry) }))
  return {
    ...{ name, size: all.length, isExport: false, isLive: false },
    async *entries(from = 0) {
      yield* all.slice(from)
    },
    timesFrom: async (index, count) => entries.slice(index, index + count).map(({ time }) => Date.parse(time)),
    shards: placeShards([[name, all.length]]),
    checkpointAt: async (_, size) => hex(`tree ${size}`),
    witnessed: { isDemanded: false, size: all.length, timeMs: null, ...witnessed },
    anchorsNear: async () => [],
  }
}

/** Demands of a comparison that it says of no honest history that its logs contradict each other. */
export function neverContradicts<Plan>(
  plans: fc.Arbitrary<Plan>,
  compare: (plan: Plan) => Promise<{ readonly classes: readonly DifferenceClass[] }>,
  numRuns: number,
): Promise<void> {
  const property = fc.asyncProperty(plans, async (plan) => {
    const { classes } = await compare(plan)
    expect(classes.filter((name) => CLASSES[name].weight === 'CONTRADICTS')).toEqual([])
  })
  return fc.assert(property, { numRuns })
}
