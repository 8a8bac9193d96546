import { describe, expect, it } from 'vitest'
import type { OptionSpec } from '../../service/command-spec.ts'
import { readSettings } from '../../service/setting.ts'
import { readGatewayConfig } from './config.ts'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import type { GatewayFlags } from './settings.ts'

const FLAGS: GatewayFlags = { supergraph: 'supergraph.graphql', anonymous: true }

describe('the settings of limits', () => {
  const byDefault: Record<string, unknown> = { ...readSettings(LIMIT_SETTINGS, {}, {}).values }

  it.each(Object.entries<OptionSpec>(LIMIT_SETTINGS))('document their default: %s', (key, { default: documented }) => {
    const value = byDefault[key] ?? undefined
    const written =
      typeof value === 'object' && value !== null ? Object.values(value).join(':') : value && String(value)
    expect(documented).toBe(written)
  })

  it('take the default that they document as a flag', () => {
    const documented = Object.entries<OptionSpec>(LIMIT_SETTINGS).map(([key, { default: text }]) => [key, text])
    expect(readGatewayConfig({ ...FLAGS, ...Object.fromEntries(documented) }, {})).toEqual(readGatewayConfig(FLAGS, {}))
  })

  it('become limits and rates', () => {
    const flags = {
      maxTokens: '7',
      callerRate: '0',
      costRate: '7:70',
      hitRate: '0.5:3',
      documents: 'list.json',
      documentsMode: 'log',
    }
    expect(readGatewayConfig({ ...FLAGS, ...flags }, {})).toMatchObject({
      limits: { tokens: 7, depth: 30 },
      callerRate: null,
      costRate: { perSecond: 7, burst: 70 },
      hitRate: { perSecond: 0.5, burst: 3 },
      documentsFile: 'list.json',
      documentsMode: 'log',
    })
  })

  it('have no quota of rows if it is 0', () => {
    expect(readGatewayConfig({ ...FLAGS, rowsPerDay: '0' }, {}).rowsPerDay).toBeNull()
    expect(readGatewayConfig({ ...FLAGS, rowsPerDay: '7' }, {}).rowsPerDay).toBe(7)
  })

  it('of planning have their units', () => {
    const flags = { planningBudget: '50:5000', planningDeadline: '700', planningMemory: '256', cacheMemory: '2' }
    expect(readGatewayConfig({ ...FLAGS, ...flags, maxInFlight: '3', maxInFlightOfAll: '9' }, {})).toMatchObject({
      planningBudget: { perSecond: 50, burst: 5_000 },
      planningDeadlineMs: 700,
      planningMemoryMb: 256,
      maxCacheBytes: 2_097_152,
      inFlight: { ofCaller: 3, ofAll: 9 },
    })
  })

  it.each([
    ['maxTokens', '0'],
    ['maxTokens', '10001'],
    ['maxDepth', '-1'],
    ['maxCost', 'much'],
    ['callerRate', '50'],
    ['callerRate', '0:5'],
    ['callerRate', '1:0'],
    ['hitRate', '1:0.5'],
    ['countryRate', 'any'],
    ['planningBudget', '100'],
    ['planningDeadline', '0'],
    ['planningMemory', '64'],
    ['cacheMemory', '1.5'],
    ['maxInFlight', '0'],
    ['countryShare', '101'],
    ['countryShare', '0'],
    ['maxCountryLegs', '0'],
    ['rowsPerDay', '-1'],
    ['sharedDatabase', 'mysql://127.0.0.1/'],
    ['documentsMode', 'off'],
  ] as const)('are rejected, with the flag in the message: %s %s', (key, value) => {
    expect(() => readGatewayConfig({ ...FLAGS, [key]: value }, {})).toThrow(`--${LIMIT_SETTINGS[key].flag} (`)
  })
})
