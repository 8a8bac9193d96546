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
  const expected = 'how many a second, a colon and how many at once, as 50:200; 0 for no limit'
  return { flag, variable, value: 'rate', meaning, expected, default: byDefault } as const
}

/** The most tokens that the parser reads. */
const MOST_TOKENS = 10_000

/** The settings by key; gateway/process/config.ts has the others. */
export const LIMIT_SETTINGS = {
  maxTokens: count('max-tokens', 'MAX_TOKENS', 'tokens of a document', '5000', MOST_TOKENS),
  maxDepth: count(
    'max-depth',
    'MAX_DEPTH',
    'selection sets, lists and objects within one another, fragments followed',
    '30',
  ),
  maxFields: count(
    'max-fields',
    'MAX_FIELDS',
    'fields of an operation or fragment, each use of a fragment counted',
    '2000',
  ),
  maxRootFields: count('max-root-fields', 'MAX_ROOT_FIELDS', 'fields at the root of an operation', '50'),
  maxAliases: count('max-aliases', 'MAX_ALIASES', 'aliases of an operation, counted as fields are', '200'),
  maxDirectives: count('max-directives', 'MAX_DIRECTIVES', 'directives of an operation, counted as fields are', '200'),
  maxOverlaps: count(
    'max-overlaps',
    'MAX_OVERLAPS',
    'pairs of fields of one response name, or of fragments, in one place',
    '10000',
  ),
  maxOperations: count('max-operations', 'MAX_OPERATIONS', 'operations of a document', '10'),
  maxVariables: count(
    'max-variables',
    'MAX_VARIABLES',
    'values in the variables, all lists and objects counted',
    '5000',
  ),
  maxVariableCharacters: count(
    'max-variable-characters',
    'MAX_VARIABLE_CHARACTERS',
    'characters of names and texts in the variables',
    '100000',
  ),
  maxVariableDepth: count(
    'max-variable-depth',
    'MAX_VARIABLE_DEPTH',
    'lists and objects in the variables within one another',
    '12',
  ),
  maxCost: count('max-cost', 'MAX_COST', 'cost of an operation, lists and countries counted', '200000'),
  assumedListSize: count(
    'assumed-list-size',
    'ASSUMED_LIST_SIZE',
    'how long a list is taken to be whose field has no @listSize',
    '5',
  ),
  callerRate: rate('caller-rate', 'CALLER_RATE', 'requests of one caller', '50:200'),
  hitRate: rate('hit-rate', 'HIT_RATE', 'hit searches of one caller', '0.2:10'),
  countryRate: rate('country-rate', 'COUNTRY_RATE', 'legs to one country, by all callers', '200:1000'),
  sharedDatabase: {
    flag: 'shared-database',
    variable: 'SHARED_DATABASE_URL',
    value: 'url',
    meaning: 'PostgreSQL database where several gateways count rates together; without it each counts alone',
    expected: 'postgres://…',
    isSecret: true,
  },
  documents: {
    flag: 'documents',
    variable: 'DOCUMENTS_FILE',
    value: 'file',
    meaning:
      'trusted documents, as the client preset of graphql-codegen writes them; without it any document may be asked',
    expected: 'the path of a file',
  },
  documentsMode: {
    flag: 'documents-mode',
    variable: 'DOCUMENTS_MODE',
    value: 'mode',
    meaning: 'what becomes of a document that is not listed: enforce refuses it, log lets it through and logs its hash',
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
