import { resolve } from 'node:path'
import { parse } from 'graphql'
import { z } from 'zod'
import { countryRule, type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { bothRules, denialOf, isOpen, OPEN, type Rule } from '../../contract/access/rule.ts'
import { type Grounds, PURPOSES } from '../../contract/access-token.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { type CountryRules, type DomainRules, domainRules, readCountryRules } from '../kit/rules.ts'

/**
 * A country's table of caller × field × verdict (docs/access.md), tried on its rules by the functions that gateway and node decide
 * with.
 */

/** What may be said of a field. Not `allowed`: the kind of rule that refuses. */
const VERDICTS = [
  'allowed',
  'AUTHENTICATED',
  'SCOPES',
  'POLICY',
  'MANDATE_NOT_COVERED',
  'TASK_FORCE_NOT_RECOGNISED',
  'NOT_PUBLISHED',
] as const
type Verdict = (typeof VERDICTS)[number]

const callerSchema = z.strictObject({
  country: z.string(),
  agency: z.string().optional(),
  role: z.string().optional(),
  issuer: z.string().default('https://issuer.example'),
  client: z.string().optional(),
  /** `acr`. */
  assurance: z.string().optional(),
  scopes: z.array(z.string()).default([]),
  taskForce: z.string().optional(),
  /** Left out: a token without a mandate. */
  purpose: z.enum(PURPOSES).optional(),
  case: z.string().optional(),
  legalBasis: z.array(z.string()).optional(),
})
type TableCaller = z.infer<typeof callerSchema>

const tableSchema = z.strictObject({
  /** The country file, a path from the table's folder. */
  rules: z.string().optional(),
  /** The time that policies read; by default now. */
  at: z.iso.datetime().optional(),
  /** By name; null is who has no token. */
  callers: z.record(z.string(), callerSchema.nullable()),
  /** By coordinate, `Type.field` or what reveals one (`Input.field`, `Type.field(argument:)`, `Enum.VALUE`); then by caller. */
  verdicts: z.record(z.string(), z.record(z.string(), z.enum(VERDICTS))),
})

/** One cell of the table, and what the rules say. */
export interface Tried {
  readonly coordinate: string
  readonly caller: string
  readonly expected: Verdict
  readonly came: Verdict
}

/**
 * Tries every cell of a table.
 * @param rulesFile the country file; undefined: the one that the table names.
 * @throws {Error} naming the file and what was expected, when table or rules cannot be used, or a caller or a field is not known.
 */
export async function tryPolicyTable(file: string, rulesFile: string | undefined): Promise<readonly Tried[]> {
  const table = await readYamlFile(file, tableSchema, { remedy: 'docs/access.md has an example.', merge: true })
  const path = rulesFile ?? (table.rules === undefined ? undefined : resolve(file, '..', table.rules))
  if (path === undefined)
    throw new Error(`${file}: rules: expected the country file; came none. Name it, or use --rules.`)
  const rules = await readCountryRules(path, null)
  const domains = rules.domains.map((domain) => domainRules({ domain, typeDefs: parse(domainSdl(domain)) }, rules))
  const nowMs = table.at === undefined ? Date.now() : Date.parse(table.at)
  const recognitions = new Map(
    Object.entries(table.callers).map(([name, caller]) => [name, recognitionIn(rules, caller, name, nowMs)]),
  )
  return Object.entries(table.verdicts).flatMap(([coordinate, row]) => {
    const asked = askedAt(domains, coordinate)
    if (asked === null)
      throw new Error(`${file}: verdicts: ${coordinate}: no domain of ${rules.access.country} has it.`)
    return Object.entries(row).map(([caller, expected]) => {
      const recognition = recognitions.get(caller)
      if (recognition === undefined)
        throw new Error(`${file}: verdicts: ${coordinate}: ${caller} is none of the callers.`)
      return { coordinate, caller, expected, came: verdictOf(asked, recognition) }
    })
  })
}

function recognitionIn({ access }: CountryRules, caller: TableCaller | null, name: string, nowMs: number): Recognition {
  if (caller === null) return recogniseCaller(access, null, null, () => nowMs)
  const { purpose, case: caseId, legalBasis } = caller
  const grounds: Grounds | null =
    purpose === undefined ? null : { purpose, ...(caseId && { case: caseId }), ...(legalBasis && { legalBasis }) }
  return recogniseCaller(access, policyCaller(caller, name, access.country), grounds, () => nowMs)
}

function policyCaller(caller: TableCaller, name: string, country: string): PolicyCaller {
  const { purpose, taskForce, agency, role } = caller
  return {
    issuer: caller.issuer,
    subject: name,
    client: caller.client,
    assurance: caller.assurance,
    scopes: caller.scopes,
    organisation: { country: caller.country, ...(agency && { agency }), ...(role && { role }) },
    mandate:
      purpose === undefined
        ? undefined
        : {
            type: 'istmo_mandate',
            purposes: [purpose],
            countries: [country],
            not_after: '9999-12-31',
            ...(taskForce && { task_force: taskForce }),
          },
  }
}

interface Asked {
  readonly coordinate: string
  /** Null: the country leaves the field out. */
  readonly rule: Rule | null
}

/** What is asked for a coordinate, in every domain that has it; null where none has. */
function askedAt(domains: readonly DomainRules[], coordinate: string): readonly Asked[] | null {
  const revealed = domains.flatMap(({ floor, own }) => [
    ...floor.revealedBy(coordinate),
    ...(own?.revealedBy(coordinate) ?? []),
  ])
  const fields = revealed.length > 0 ? [...new Set(revealed)] : [coordinate]
  const asked = fields.map((field) => ({ coordinate: field, found: rulesOfField(domains, field) }))
  if (asked.some(({ found }) => found.length === 0)) return null
  return asked.map(({ coordinate: field, found }) => {
    const published = found.filter((rule) => rule !== null)
    return { coordinate: field, rule: published.length === 0 ? null : published.reduce(bothRules, OPEN) }
  })
}

function rulesOfField(domains: readonly DomainRules[], coordinate: string): readonly (Rule | null)[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  return domains
    .filter(({ floor }) => floor.has(typeName, fieldName))
    .map(({ floor, own }) =>
      own === null || own.has(typeName, fieldName) ? countryRule(floor, own, typeName, fieldName) : null,
    )
}

function verdictOf(asked: readonly Asked[], recognition: Recognition): Verdict {
  for (const { coordinate, rule } of asked) {
    if (rule === null) return 'NOT_PUBLISHED'
    if (isOpen(rule)) continue
    const refused =
      recognition.kind === 'not-recognised' ? recognition.code : denialOf(rule, recognition.rights, coordinate)
    if (refused !== null) return refused
  }
  return 'allowed'
}
