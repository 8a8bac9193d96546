/** The settings of what a request may cost: their flags, what they expect, and what the gateway makes of them. */

import { z } from 'zod'
import { DEFAULT_HITS_PER_DAY } from '../../contract/hit-quota/hit-quota.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { type SettingsOf, type SettingTable, setting } from '../../service/setting.ts'
import { FILE, form, milliseconds, oneOf, POSTGRES_URL, wholeNumber } from '../../service/setting-forms.ts'
import { DOCUMENTS_MODES } from '../admit/documents.ts'
import type { Rate } from '../admit/rate.ts'

const OFTEN = rateForm('how many a second, a colon and how many at once, such as 50:200; 0 for no limit')

const BYTES = rateForm('bytes a second, a colon and bytes at once, such as 256:262144; 0 for no limit', 9)

/** The most tokens that the parser reads. */
const MOST_TOKENS = 10_000

/** The settings by key; gateway/process/config.ts has the others. */
export const LIMIT_SETTINGS = {
  maxTokens: count('max-tokens', 'MAX_TOKENS', 'how many tokens a document may have', '5000', MOST_TOKENS),
  maxDepth: count(
    'max-depth',
    'MAX_DEPTH',
    'how deep selection sets, lists and objects may be nested, including fragments',
    '30',
  ),
  maxFields: count(
    'max-fields',
    'MAX_FIELDS',
    'how many fields an operation or a fragment may have; each use of a fragment counts',
    '2000',
  ),
  maxRootFields: count('max-root-fields', 'MAX_ROOT_FIELDS', 'how many fields an operation may have at its root', '50'),
  maxAliases: count(
    'max-aliases',
    'MAX_ALIASES',
    'how many aliases an operation may have, counted in the same way as fields',
    '200',
  ),
  maxDirectives: count(
    'max-directives',
    'MAX_DIRECTIVES',
    'how many directives an operation may have, counted in the same way as fields',
    '200',
  ),
  maxOverlaps: count(
    'max-overlaps',
    'MAX_OVERLAPS',
    'how many pairs of fields with the same response name, or pairs of fragments, one place may have',
    '10000',
  ),
  maxOperations: count('max-operations', 'MAX_OPERATIONS', 'how many operations a document may have', '10'),
  maxVariables: count(
    'max-variables',
    'MAX_VARIABLES',
    'how many values the variables may have; lists and objects count too',
    '5000',
  ),
  maxVariableCharacters: count(
    'max-variable-characters',
    'MAX_VARIABLE_CHARACTERS',
    'how many characters the names and texts in the variables may have',
    '100000',
  ),
  maxVariableDepth: count(
    'max-variable-depth',
    'MAX_VARIABLE_DEPTH',
    'how deep lists and objects in the variables may be nested',
    '12',
  ),
  maxCost: count(
    'max-cost',
    'MAX_COST',
    'how much an operation may cost each country that it asks; lists multiply the cost',
    '50000',
  ),
  assumedListSize: count(
    'assumed-list-size',
    'ASSUMED_LIST_SIZE',
    'the assumed length of a list whose field has no @listSize',
    '5',
  ),
  callerRate: rate('caller-rate', 'CALLER_RATE', 'how often one caller may send requests', '50:200'),
  costRate: rate(
    'cost-rate',
    'COST_RATE',
    'how much the operations of one caller may cost each country; all callers without a token are one',
    '5000:60000',
  ),
  hitRate: rate(
    'hit-rate',
    'HIT_RATE',
    'how many hit searches one caller may ask, each item of a list for itself',
    '0.2:2000',
  ),
  countryRate: rate(
    'country-rate',
    'COUNTRY_RATE',
    'how often the gateway may send legs to one country, for all callers together',
    '200:1000',
  ),
  planningBudget: setting(
    rateForm('how many milliseconds a second, a colon and how many at once, such as 100:10000; 0 for no limit'),
    {
      flag: 'planning-budget',
      variable: 'PLANNING_BUDGET',
      meaning:
        'how many milliseconds the gateway spends on reading, planning and introspecting new documents of one caller',
      default: '100:10000',
    },
  ),
  planningDeadline: setting(milliseconds(1), {
    flag: 'planning-deadline',
    variable: 'PLANNING_DEADLINE_MS',
    meaning: 'how long the planning thread may take for one document or plan, in milliseconds',
    default: '5000',
  }),
  planningMemory: setting(wholeNumber('MiB', 128, 65_536, 'a whole number of MiB'), {
    flag: 'planning-memory',
    variable: 'PLANNING_MEMORY_MB',
    meaning: 'the most memory of the planning thread, in MiB',
    default: '384',
  }),
  cacheMemory: setting(wholeNumber('MiB', 1, 65_536, 'a whole number of MiB'), {
    flag: 'cache-memory',
    variable: 'CACHE_MEMORY_MB',
    meaning: 'how much memory documents and plans may take in the caches, in MiB',
    default: '128',
  }),
  maxInFlight: count(
    'max-in-flight',
    'MAX_IN_FLIGHT',
    'how many requests of one caller may be in progress at the same time',
    '100',
  ),
  maxInFlightOfAll: count(
    'max-in-flight-of-all',
    'MAX_IN_FLIGHT_OF_ALL',
    'how many requests of all callers may be in progress at the same time',
    '1000',
  ),
  strangerLogRate: rate(
    'stranger-log-rate',
    'STRANGER_LOG_RATE',
    'how many bytes of the audit log requests without a token may use, for each network they come from',
    '256:262144',
    BYTES,
  ),
  strangersLogRate: rate(
    'strangers-log-rate',
    'STRANGERS_LOG_RATE',
    'how many bytes of the audit log all requests without a token together may use',
    '2048:8388608',
    BYTES,
  ),
  countryShare: count(
    'country-share',
    'COUNTRY_SHARE',
    'how much of --country-rate one caller may use, in percent; all callers without a token are one',
    '50',
    100,
  ),
  maxCountryLegs: count(
    'max-country-legs',
    'MAX_COUNTRY_LEGS',
    'how many legs one request may send to one country',
    '50',
  ),
  rowsPerDay: setting(quota(1_000_000_000), {
    flag: 'rows-per-day',
    variable: 'ROWS_PER_DAY',
    meaning:
      'how many rows of one country one caller may be given on one day of UTC, unless the country’s file says another number',
    default: String(DEFAULT_ROWS_PER_DAY),
  }),
  hitsPerDay: setting(quota(1_000_000), {
    flag: 'hits-per-day',
    variable: 'HITS_PER_DAY',
    meaning:
      'how many different hit searches one caller may ask on one day of UTC, in all countries together; each item of a list is one',
    default: String(DEFAULT_HITS_PER_DAY),
  }),
  sharedDatabase: setting(POSTGRES_URL, {
    flag: 'shared-database',
    variable: 'SHARED_DATABASE_URL',
    meaning:
      'PostgreSQL database in which several gateways count rates and rows together; without it, each gateway counts by itself, and a restart forgets what it counted',
    isSecret: true,
    absent: null,
  }),
  documents: setting(FILE, {
    flag: 'documents',
    variable: 'DOCUMENTS_FILE',
    meaning:
      'trusted documents in the form that the client preset of graphql-codegen writes; without it, the gateway accepts any document',
    absent: null,
  }),
  documentsMode: setting(oneOf('mode', DOCUMENTS_MODES), {
    flag: 'documents-mode',
    variable: 'DOCUMENTS_MODE',
    meaning: 'how to treat a document that is not listed: enforce rejects it, log accepts it and logs its hash',
    default: 'enforce',
  }),
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
function count(flag: string, variable: string, meaning: string, byDefault: string, most = 1_000_000_000) {
  return setting(wholeNumber('number', 1, most), { flag, variable, meaning, default: byDefault })
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
function rate(flag: string, variable: string, meaning: string, byDefault: string, expected = OFTEN) {
  return setting(expected, { flag, variable, meaning, default: byDefault })
}

function toRate(text: string): Rate | null {
  if (text === '0') return null
  const [each = '', burst = ''] = text.split(':')
  return { perSecond: Number(each), burst: Number(burst) }
}
