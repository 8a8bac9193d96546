/** The settings of what a request may cost: their flags, what they expect, and what the gateway makes of them. */
import { z } from 'zod'
import { DOCUMENTS_MODES, type DocumentsMode } from '../admit/documents.ts'
import type { Limits } from '../admit/limits.ts'
import type { Rate } from '../admit/rate.ts'

/** What a request may cost. */
export interface LimitConfig {
  readonly limits: Limits
  /** The most that an operation may cost. */
  readonly maxCost: number
  /** The length of a list, in items, if the schema does not say it. */
  readonly assumedListSize: number
  /** Requests of one caller. Null means any number, in each of the three rates. */
  readonly callerRate: Rate | null
  /** Operations of one caller with a field that an operation may have only once (contract/once-per-operation.ts). */
  readonly hitRate: Rate | null
  /** Legs to one country, of all callers together. */
  readonly countryRate: Rate | null
  /** How much of `countryRate` one caller may use, in percent. */
  readonly countrySharePercent: number
  /** How many legs one request may send to one country. */
  readonly maxCountryLegs: number
  /** URL of the PostgreSQL database where several gateways count together; null: each gateway counts for itself. */
  readonly sharedDatabase: string | null
  /** File of the trusted documents; null: a caller may ask any document. */
  readonly documentsFile: string | null
  readonly documentsMode: DocumentsMode
}

/** Describes a setting that is a whole number. */
function count<Flag extends string, Variable extends string>(
  flag: Flag,
  variable: Variable,
  meaning: string,
  byDefault: string,
  most = 1_000_000_000,
) {
  const expected = `a whole number from 1 to ${most}`
  return { flag, variable, value: 'number', meaning, expected, default: byDefault } as const
}

/** Describes a setting that is a rate. */
function rate<Flag extends string, Variable extends string>(
  flag: Flag,
  variable: Variable,
  meaning: string,
  byDefault: string,
) {
  const expected = 'how many a second, a colon and how many at once, such as 50:200; 0 for no limit'
  return { flag, variable, value: 'rate', meaning, expected, default: byDefault } as const
}

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
    'how much an operation may cost; lists and countries multiply the cost',
    '200000',
  ),
  assumedListSize: count(
    'assumed-list-size',
    'ASSUMED_LIST_SIZE',
    'the assumed length of a list whose field has no @listSize',
    '5',
  ),
  callerRate: rate('caller-rate', 'CALLER_RATE', 'how often one caller may send requests', '50:200'),
  hitRate: rate('hit-rate', 'HIT_RATE', 'how often one caller may send hit searches', '0.2:10'),
  countryRate: rate(
    'country-rate',
    'COUNTRY_RATE',
    'how often the gateway may send legs to one country, for all callers together',
    '200:1000',
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
  sharedDatabase: {
    flag: 'shared-database',
    variable: 'SHARED_DATABASE_URL',
    value: 'url',
    meaning:
      'PostgreSQL database in which several gateways count rates together; without it, each gateway counts by itself',
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
} as const

const wholeNumber = (byDefault: number, most = 1_000_000_000) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(most))
    .default(byDefault)
const perSecond = (byDefault: Rate) =>
  z
    .string()
    .regex(/^(0|\d{1,6}(\.\d{1,6})?:\d{1,6})$/)
    .transform(toRate)
    .refine((value) => value === null || (value.perSecond > 0 && value.burst >= 1))
    .default(byDefault)

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
  maxCost: wholeNumber(200_000),
  assumedListSize: wholeNumber(5),
  callerRate: perSecond({ perSecond: 50, burst: 200 }),
  hitRate: perSecond({ perSecond: 0.2, burst: 10 }),
  countryRate: perSecond({ perSecond: 200, burst: 1_000 }),
  countryShare: wholeNumber(50, 100),
  maxCountryLegs: wholeNumber(50),
  sharedDatabase: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  documents: z.string().min(1).optional(),
  documentsMode: z.enum(DOCUMENTS_MODES).default('enforce'),
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
    hitRate: settings.hitRate,
    countryRate: settings.countryRate,
    countrySharePercent: settings.countryShare,
    maxCountryLegs: settings.maxCountryLegs,
    sharedDatabase: settings.sharedDatabase ?? null,
    documentsFile: settings.documents ?? null,
    documentsMode: settings.documentsMode,
  }
}

function toRate(text: string): Rate | null {
  if (text === '0') return null
  const [each = '', burst = ''] = text.split(':')
  return { perSecond: Number(each), burst: Number(burst) }
}
