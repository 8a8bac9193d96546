/** The settings of what a request may cost: what they expect, and what the gateway makes of them. */

import { z } from 'zod'
import { DEFAULT_HITS_PER_DAY } from '../../contract/hit-quota/hit-quota.ts'
import { readWords } from '../../contract/read-words.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { type SettingsOf, type SettingTable, setting } from '../../service/setting.ts'
import { FILE, form, milliseconds, oneOf, POSTGRES_URL, wholeNumber } from '../../service/setting-forms.ts'
import { DOCUMENTS_MODES } from '../admit/documents.ts'
import type { Rate } from '../admit/rate.ts'

type Words = Readonly<Record<'variable' | 'meaning', string>>

/** Returns the variable and the meaning of a setting, from settings.en.yaml, and its flag: the key with hyphens. */
export function wordsOf(key: string): Words & { readonly flag: string } {
  const words = readWords<Readonly<Record<string, Words>>>(new URL('settings.en.yaml', import.meta.url))[key]
  if (words === undefined) throw new TypeError(`expected the words of the setting ${key} in settings.en.yaml`)
  return { ...words, flag: key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) }
}

const OFTEN = rateForm('how many a second, a colon and how many at once, such as 50:200; 0 for no limit')

const BYTES = rateForm('bytes a second, a colon and bytes at once, such as 256:262144; 0 for no limit', 9)

const MILLISECONDS = rateForm(
  'how many milliseconds a second, a colon and how many at once, such as 100:10000; 0 for no limit',
)

/** The most tokens that the parser reads. */
const MOST_TOKENS = 10_000

/** The settings by key; gateway/process/config.ts has the others. */
export const LIMIT_SETTINGS = {
  maxTokens: count('maxTokens', '5000', MOST_TOKENS),
  maxDepth: count('maxDepth', '30'),
  maxFields: count('maxFields', '2000'),
  maxRootFields: count('maxRootFields', '50'),
  maxAliases: count('maxAliases', '200'),
  maxDirectives: count('maxDirectives', '200'),
  maxOverlaps: count('maxOverlaps', '10000'),
  maxOperations: count('maxOperations', '10'),
  maxVariables: count('maxVariables', '5000'),
  maxVariableCharacters: count('maxVariableCharacters', '100000'),
  maxVariableDepth: count('maxVariableDepth', '12'),
  maxCost: count('maxCost', '50000'),
  assumedListSize: count('assumedListSize', '5'),
  callerRate: rate('callerRate', '50:200'),
  costRate: rate('costRate', '5000:60000'),
  hitRate: rate('hitRate', '0.2:2000'),
  countryRate: rate('countryRate', '200:1000'),
  planningBudget: rate('planningBudget', '100:10000', MILLISECONDS),
  planningDeadline: setting(milliseconds(1), { ...wordsOf('planningDeadline'), default: '5000' }),
  planningMemory: setting(wholeNumber('MiB', 128, 65_536, 'a whole number of MiB'), {
    ...wordsOf('planningMemory'),
    default: '384',
  }),
  cacheMemory: setting(wholeNumber('MiB', 1, 65_536, 'a whole number of MiB'), {
    ...wordsOf('cacheMemory'),
    default: '128',
  }),
  maxInFlight: count('maxInFlight', '100'),
  maxInFlightOfAll: count('maxInFlightOfAll', '1000'),
  strangerLogRate: rate('strangerLogRate', '256:262144', BYTES),
  strangersLogRate: rate('strangersLogRate', '2048:8388608', BYTES),
  countryShare: count('countryShare', '50', 100),
  maxCountryLegs: count('maxCountryLegs', '50'),
  rowsPerDay: setting(quota(1_000_000_000), { ...wordsOf('rowsPerDay'), default: String(DEFAULT_ROWS_PER_DAY) }),
  hitsPerDay: setting(quota(1_000_000), { ...wordsOf('hitsPerDay'), default: String(DEFAULT_HITS_PER_DAY) }),
  sharedDatabase: setting(POSTGRES_URL, { ...wordsOf('sharedDatabase'), isSecret: true, absent: null }),
  documents: setting(FILE, { ...wordsOf('documents'), absent: null }),
  documentsMode: setting(oneOf('mode', DOCUMENTS_MODES), { ...wordsOf('documentsMode'), default: 'enforce' }),
} satisfies SettingTable

/** What a request may cost. Null in place of a rate or a quota: as much as a caller likes. */
export type LimitConfig = Readonly<ReturnType<typeof toLimitConfig>>

/** Returns what a request may cost, from the values of the settings. */
export function toLimitConfig(settings: SettingsOf<typeof LIMIT_SETTINGS>) {
  return {
    limits: {
      tokens: settings.maxTokens,
      depth: settings.maxDepth,
      fields: settings.maxFields,
      rootFields: settings.maxRootFields,
      aliases: settings.maxAliases,
      directives: settings.maxDirectives,
      overlaps: settings.maxOverlaps,
      operations: settings.maxOperations,
      variables: settings.maxVariables,
      variableCharacters: settings.maxVariableCharacters,
      variableDepth: settings.maxVariableDepth,
    },
    maxCost: settings.maxCost,
    assumedListSize: settings.assumedListSize,
    callerRate: settings.callerRate,
    costRate: settings.costRate,
    hitRate: settings.hitRate,
    countryRate: settings.countryRate,
    planningBudget: settings.planningBudget,
    planningDeadlineMs: settings.planningDeadline,
    planningMemoryMb: settings.planningMemory,
    maxCacheBytes: settings.cacheMemory * 2 ** 20,
    inFlight: { ofCaller: settings.maxInFlight, ofAll: settings.maxInFlightOfAll },
    entryBudget: { network: settings.strangerLogRate, all: settings.strangersLogRate },
    countrySharePercent: settings.countryShare,
    maxCountryLegs: settings.maxCountryLegs,
    rowsPerDay: settings.rowsPerDay,
    hitsPerDay: settings.hitsPerDay,
    sharedDatabase: settings.sharedDatabase,
    documentsFile: settings.documents,
    documentsMode: settings.documentsMode,
  }
}

/** Makes a setting that is a whole number. */
function count(key: string, byDefault: string, most = 1_000_000_000) {
  return setting(wholeNumber('number', 1, most), { ...wordsOf(key), default: byDefault })
}

/** Makes the form of a quota of a day; `0` is null: no limit. */
function quota(most: number) {
  const { schema } = wholeNumber('number', 0, most)
  const orNull = schema.transform((number) => (number === 0 ? null : number))
  return form('number', `a whole number from 1 to ${most}; 0 for no limit`, orNull)
}

/** Makes the form of a rate; `0` is null: no limit. `digits`: how many the number at once may have. */
function rateForm(expected: string, digits = 6) {
  const schema = z
    .string()
    .regex(new RegExp(`^(0|\\d{1,6}(\\.\\d{1,6})?:\\d{1,${digits}})$`))
    .transform(toRate)
    .refine((value) => value === null || (value.perSecond > 0 && value.burst >= 1))
  return form('rate', expected, schema)
}

/** Makes a setting that is a rate. */
function rate(key: string, byDefault: string, expected = OFTEN) {
  return setting(expected, { ...wordsOf(key), default: byDefault })
}

function toRate(text: string): Rate | null {
  if (text === '0') return null
  const [each = '', burst = ''] = text.split(':')
  return { perSecond: Number(each), burst: Number(burst) }
}
