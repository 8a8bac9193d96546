/**
 * The members `questions`, `caps` and `partners` of a country's file: for what the country demands a signed question, how much one question
 * may take, and whose word counts that a question led to an id (docs/design/trust.md, The country's file).
 */
import { z } from 'zod'
import { isCountryCode } from '../contract/country-code.ts'
import { DOMAINS, type Domain } from '../contract/domain.ts'

/** Whether a country demands a signed question for what has a rule. */
const QUESTION_DEMANDS = ['signed', 'any'] as const
/** Whether a country demands a signed question: one of those. */
export type QuestionDemand = (typeof QUESTION_DEMANDS)[number]

const demand = z
  .enum(QUESTION_DEMANDS, 'expected `signed`, or `any` for a domain that also answers what nobody signed')
  .default('signed')

/** The member `questions`: what each domain demands. */
export const questionsSchema = z.strictObject(
  Object.fromEntries(DOMAINS.map((domain) => [domain, demand])) as Record<Domain, typeof demand>,
)

/** The member `caps`: what one question may take. */
export const capsSchema = z.strictObject({
  /** How many legs. */
  legs: z.int().min(1).max(100_000).default(200),
  /** How many of the country's rows, counted in each answer. */
  rows: z.int().min(1).max(1_000_000).default(5_000),
})

const partnerSchema = z.strictObject({
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN'),
  /** The keys with which its nodes sign the ids that they give. */
  keys: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z0-9_-]{43}$/,
          'expected the SHA-256 thumbprint of a key (RFC 7638), 43 characters of base64url. The node logs its own when it starts',
        ),
    )
    .min(1),
})

/** The member `partners`. A key belongs to one country. */
export const partnersSchema = z.array(partnerSchema).superRefine((partners, context) => {
  const owners = new Map<string, string>()
  partners.forEach(({ country, keys }, at) => {
    keys.forEach((key, index) => {
      if (owners.has(key)) {
        const message = `expected each key once; came one of ${owners.get(key)} again. Each node has a key of its own`
        context.addIssue({ code: 'custom', path: [at, 'keys', index], message })
      }
      owners.set(key, country)
    })
  })
})

/** What a country demands of the questions that lead to it. */
export interface QuestionSettings {
  readonly demands: Readonly<Record<Domain, QuestionDemand>>
  readonly caps: { readonly legs: number; readonly rows: number }
  /** By the thumbprint of a node's key: its country. */
  readonly partners: ReadonlyMap<string, string>
}

/** Makes the settings of what the file says. A member that is absent has its defaults. */
export function toQuestionSettings(file: {
  readonly questions?: z.input<typeof questionsSchema> | undefined
  readonly caps?: z.input<typeof capsSchema> | undefined
  readonly partners?: z.input<typeof partnersSchema> | undefined
}): QuestionSettings {
  const partners = (file.partners ?? []).flatMap(({ country, keys }) =>
    keys.map((key): [string, string] => [key, country]),
  )
  return Object.freeze({
    demands: Object.freeze(questionsSchema.parse(file.questions ?? {})),
    caps: Object.freeze(capsSchema.parse(file.caps ?? {})),
    partners: new Map(partners),
  })
}

/** Lists the domains that answer also what nobody signed. */
export function listUnsignedDomains({ demands }: QuestionSettings): readonly Domain[] {
  return DOMAINS.filter((domain) => demands[domain] === 'any')
}
