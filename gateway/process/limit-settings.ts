/** The settings of what a request may cost: their flags, what they expect, and what the gateway makes of them. */
import { z } from 'zod'
import { DEFAULT_HITS_PER_DAY } from '../../contract/hit-quota/hit-quota.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { DOCUMENTS_MODES, type DocumentsMode } from '../admit/documents.ts'
import type { EntryBudgetRates } from '../admit/entry-budget.ts'
import type { InFlightLimits } from '../admit/in-flight.ts'
import type { Limits } from '../admit/limits.ts'
import type { Rate } from '../admit/rate.ts'
import { count, perSecond, rate, wholeNumber } from './setting-forms.ts'

/** What a request may cost. */
export interface LimitConfig {
  readonly limits: Limits
  /** The most that an operation may cost. */
  readonly maxCost: number
  /** The length of a list, in items, if the schema does not say it. */
  readonly assumedListSize: number
  /** Requests of one caller. Null means any number, in each of the rates. */
  readonly callerRate: Rate | null
  /** What the operations of one caller may cost each country, counted by this process. */
  readonly costRate: Rate | null
  /** Operations of one caller with a field that an operation may have only once (contract/once-per-operation.ts). */
  readonly hitRate: Rate | null
  /** Legs to one country, of all callers together. */
  readonly countryRate: Rate | null
  /** Milliseconds of planning of one caller's new documents. */
  readonly planningBudget: Rate | null
  /** How long the planning thread may take for one document or plan, in milliseconds. */
  readonly planningDeadlineMs: number
  /** The most memory of the planning thread, in MiB. */
  readonly planningMemoryMb: number
  /** How much memory documents and plans may take in the caches, in bytes. */
  readonly maxCacheBytes: number
  /** Requests in progress at the same time. */
  readonly inFlight: InFlightLimits
  /** How many bytes of the audit log requests without a token may use: those of one network, and all together. */
  readonly entryBudget: EntryBudgetRates
  /** How much of `countryRate` one caller may use, in percent. */
  readonly countrySharePercent: number
  /** How many legs one request may send to one country. */
  readonly maxCountryLegs: number
  /** How many rows of one country a caller may be given a day, if the country's file does not say; null: any number. */
  readonly rowsPerDay: number | null
  /** How many different hit searches one caller may ask on one day of UTC; null: any number. */
  readonly hitsPerDay: number | null
  /** URL of the PostgreSQL database where several gateways count together; null: each gateway counts for itself. */
  readonly sharedDatabase: string | null
  /** File of the trusted documents; null: a caller may ask any document. */
  readonly documentsFile: string | null
  readonly documentsMode: DocumentsMode
  /** File in which the gateway keeps which operations most callers asked, for its next start; null: it forgets them when it stops. */
  readonly hotListFile: string | null
}

const BYTES_EXPECTED = 'bytes a second, a colon and bytes at once, such as 256:262144; 0 for no limit'

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
  planningBudget: {
    flag: 'planning-budget',
    variable: 'PLANNING_BUDGET',
    value: 'rate',
    meaning:
      'how many milliseconds the gateway spends on reading, planning and introspecting new documents of one caller',
    expected: 'how many milliseconds a second, a colon and how many at once, such as 100:10000; 0 for no limit',
    default: '100:10000',
  },
  planningDeadline: {
    flag: 'planning-deadline',
    variable: 'PLANNING_DEADLINE_MS',
    value: 'ms',
    meaning: 'how long the planning thread may take for one document or plan, in milliseconds',
    expected: 'a whole number of milliseconds from 1 to 600000',
    default: '5000',
  },
  planningMemory: {
    flag: 'planning-memory',
    variable: 'PLANNING_MEMORY_MB',
    value: 'MiB',
    meaning: 'the most memory of the planning thread, in MiB',
    expected: 'a whole number of MiB from 128 to 65536',
    default: '384',
  },
  cacheMemory: {
    flag: 'cache-memory',
    variable: 'CACHE_MEMORY_MB',
    value: 'MiB',
    meaning: 'how much memory documents and plans may take in the caches, in MiB',
    expected: 'a whole number of MiB from 1 to 65536',
    default: '128',
  },
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
  strangerLogRate: {
    ...rate(
      'stranger-log-rate',
      'STRANGER_LOG_RATE',
      'how many bytes of the audit log requests without a token may use, for each network they come from',
      '256:262144',
    ),
    expected: BYTES_EXPECTED,
  },
  strangersLogRate: {
    ...rate(
      'strangers-log-rate',
      'STRANGERS_LOG_RATE',
      'how many bytes of the audit log all requests without a token together may use',
      '2048:8388608',
    ),
    expected: BYTES_EXPECTED,
  },
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
  rowsPerDay: {
    flag: 'rows-per-day',
    variable: 'ROWS_PER_DAY',
    value: 'number',
    meaning:
      'how many rows of one country one caller may be given on one day of UTC, unless the country’s file says another number',
    expected: 'a whole number from 1 to 1000000000; 0 for no limit',
    default: String(DEFAULT_ROWS_PER_DAY),
  },
  hitsPerDay: {
    flag: 'hits-per-day',
    variable: 'HITS_PER_DAY',
    value: 'number',
    meaning:
      'how many different hit searches one caller may ask on one day of UTC, in all countries together; each item of a list is one',
    expected: 'a whole number from 1 to 1000000; 0 for no limit',
    default: String(DEFAULT_HITS_PER_DAY),
  },
  sharedDatabase: {
    flag: 'shared-database',
    variable: 'SHARED_DATABASE_URL',
    value: 'url',
    meaning:
      'PostgreSQL database in which several gateways count rates and rows together; without it, each gateway counts by itself, and a restart forgets what it counted',
    expected: 'postgres://…',
    isSecret: true,
  },
  documents: {
    flag: 'documents',
    variable: 'DOCUMENTS_FILE',
    value: 'file',
    meaning:
      'trusted documents in the form that the client preset of graphql-codegen writes; without it, the gateway accepts any document',
    expected: 'the path of a file',
  },
  documentsMode: {
    flag: 'documents-mode',
    variable: 'DOCUMENTS_MODE',
    value: 'mode',
    meaning: 'how to treat a document that is not listed: enforce rejects it, log accepts it and logs its hash',
    default: 'enforce',
    expected: `one of ${DOCUMENTS_MODES.join(', ')}`,
  },
  hotList: {
    flag: 'hot-list',
    variable: 'HOT_LIST_FILE',
    value: 'file',
    meaning:
      'file in which the gateway keeps which operations most callers ask, so that its next start plans them before it listens; without it, a start plans only the trusted documents',
    expected: 'the path of a file in a folder that the gateway may write',
  },
} as const

/** The expected form of each setting, for the strict schema of all settings. */
export const limitShape = {
  maxTokens: wholeNumber(5_000, MOST_TOKENS),
  maxDepth: wholeNumber(30),
  maxFields: wholeNumber(2_000),
  maxRootFields: wholeNumber(50),
  maxAliases: wholeNumber(200),
  maxDirectives: wholeNumber(200),
  maxOverlaps: wholeNumber(10_000),
  maxOperations: wholeNumber(10),
  maxVariables: wholeNumber(5_000),
  maxVariableCharacters: wholeNumber(100_000),
  maxVariableDepth: wholeNumber(12),
  maxCost: wholeNumber(50_000),
  assumedListSize: wholeNumber(5),
  callerRate: perSecond({ perSecond: 50, burst: 200 }),
  costRate: perSecond({ perSecond: 5_000, burst: 60_000 }),
  hitRate: perSecond({ perSecond: 0.2, burst: 2_000 }),
  countryRate: perSecond({ perSecond: 200, burst: 1_000 }),
  planningBudget: perSecond({ perSecond: 100, burst: 10_000 }),
  planningDeadline: wholeNumber(5_000, 600_000),
  planningMemory: wholeNumber(384, 65_536, 128),
  cacheMemory: wholeNumber(128, 65_536),
  maxInFlight: wholeNumber(100),
  maxInFlightOfAll: wholeNumber(1_000),
  strangerLogRate: perSecond({ perSecond: 256, burst: 262_144 }),
  strangersLogRate: perSecond({ perSecond: 2_048, burst: 8_388_608 }),
  countryShare: wholeNumber(50, 100),
  maxCountryLegs: wholeNumber(50),
  rowsPerDay: wholeNumber(DEFAULT_ROWS_PER_DAY, 1_000_000_000, 0),
  hitsPerDay: wholeNumber(DEFAULT_HITS_PER_DAY, 1_000_000, 0),
  sharedDatabase: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  documents: z.string().min(1).optional(),
  documentsMode: z.enum(DOCUMENTS_MODES).default('enforce'),
  hotList: z.string().min(1).optional(),
}

const limitSchema = z.object(limitShape)

/** Returns what a request may cost, from the parsed settings. */
export function toLimitConfig(settings: z.infer<typeof limitSchema>): LimitConfig {
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
    rowsPerDay: settings.rowsPerDay === 0 ? null : settings.rowsPerDay,
    hitsPerDay: settings.hitsPerDay === 0 ? null : settings.hitsPerDay,
    sharedDatabase: settings.sharedDatabase ?? null,
    documentsFile: settings.documents ?? null,
    documentsMode: settings.documentsMode,
    hotListFile: settings.hotList ?? null,
  }
}
