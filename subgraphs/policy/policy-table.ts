import { resolve } from 'node:path'
import { parse } from 'graphql'
import { z } from 'zod'
import { countryRule, type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { bothRules, denialOf, isOpen, OPEN, type Rule } from '../../contract/access/rule.ts'
import { type Grounds, PURPOSES } from '../../contract/access-token.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { listCutOff } from '../kit/cut-off.ts'
import { type CountryRules, type DomainRules, domainRules, readCountryRules } from '../kit/rules.ts'

/**
 * Tries a country's table of caller × field × verdict (docs/access.md) on its rules. The functions that decide are those of the
 * gateway and the node.
 */

/** The verdicts on a field: `allowed`, or the kind of rule that denies it. */
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
  /** The claim `acr`. */
  assurance: z.string().optional(),
  scopes: z.array(z.string()).default([]),
  taskForce: z.string().optional(),
  /** If absent, the token has no mandate. */
  purpose: z.enum(PURPOSES).optional(),
  case: z.string().optional(),
  legalBasis: z.array(z.string()).optional(),
})
type TableCaller = z.infer<typeof callerSchema>

const tableSchema = z.strictObject({
  /** The path of the country file, relative to the table's folder. */
  rules: z.string().optional(),
  /** The time at which policies are evaluated; by default now. */
  at: z.iso.datetime().optional(),
  /** By name; null is a caller without a token. */
  callers: z.record(z.string(), callerSchema.nullable()),
  /** By coordinate, then by caller. A coordinate is `Type.field`, or what reveals one: `Input.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  verdicts: z.record(z.string(), z.record(z.string(), z.enum(VERDICTS))),
})

/** One cell of the table: the verdict that the table expects, and the one that the rules return (`came`). */
export interface Tried {
  readonly coordinate: string
  readonly caller: string
  readonly expected: Verdict
  readonly came: Verdict
}

/** What {@link tryPolicyTable} found. */
export interface TriedTable {
  readonly tried: readonly Tried[]
  /** The country file and the files that it names, if they do not end with a line break: they may be cut off. */
  readonly cutOff: readonly string[]
}

/**
 * Tries every cell of a table.
 * @param rulesFile the country file; undefined for the one that the table names.
 * @throws {Error} if the table or the rules cannot be used, or if a caller or a field is unknown. The message names the file and
 * what was expected.
 */
export async function tryPolicyTable(file: string, rulesFile: string | undefined): Promise<TriedTable> {
  const table = await readYamlFile(file, tableSchema, { remedy: 'docs/access.md has an example.', merge: true })
  const path = rulesFile ?? (table.rules === undefined ? undefined : resolve(file, '..', table.rules))
  if (path === undefined)
    throw new Error(`${file}: rules: expected the path of the country file; came nothing. Add it, or use --rules.`)
  const rules = await readCountryRules(path, null)
  const domains = rules.domains.map((domain) => domainRules({ domain, typeDefs: parse(domainSdl(domain)) }, rules))
  const nowMs = table.at === undefined ? Date.now() : Date.parse(table.at)
  const recognitions = new Map(
    Object.entries(table.callers).map(([name, caller]) => [name, recognitionIn(rules, caller, name, nowMs)]),
  )
  const tried = Object.entries(table.verdicts).flatMap(([coordinate, row]) => {
    const fields = findFields(domains, coordinate)
    if (fields === null)
      throw new Error(`${file}: verdicts: ${coordinate}: no domain of ${rules.access.country} has this coordinate.`)
    return Object.entries(row).map(([caller, expected]) => {
      const recognition = recognitions.get(caller)
      if (recognition === undefined)
        throw new Error(`${file}: verdicts: ${coordinate}: expected one of the callers; came ${caller}.`)
      return { coordinate, caller, expected, came: decideVerdict(fields, recognition) }
    })
  })
  return { tried, cutOff: await listCutOff([path, ...rules.namedFiles]) }
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

/** A field that a coordinate names or reveals. */
interface RequestedField {
  readonly coordinate: string
  /** Null if the country does not publish the field. */
  readonly rule: Rule | null
}

/** Finds the fields that a coordinate names or reveals, in every domain that has it. Returns null if no domain has it. */
function findFields(domains: readonly DomainRules[], coordinate: string): readonly RequestedField[] | null {
  const revealed = domains.flatMap(({ floor, own }) => [
    ...floor.revealedBy(coordinate),
    ...(own?.revealedBy(coordinate) ?? []),
  ])
  const names = revealed.length > 0 ? [...new Set(revealed)] : [coordinate]
  const fields = names.map((field) => ({ field, rules: findRules(domains, field) }))
  if (fields.some(({ rules }) => rules.length === 0)) return null
  return fields.map(({ field, rules }) => {
    const published = rules.filter((rule) => rule !== null)
    return { coordinate: field, rule: published.length === 0 ? null : published.reduce(bothRules, OPEN) }
  })
}

function findRules(domains: readonly DomainRules[], coordinate: string): readonly (Rule | null)[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  return domains
    .filter(({ floor }) => floor.has(typeName, fieldName))
    .map(({ floor, own }) =>
      own === null || own.has(typeName, fieldName) ? countryRule(floor, own, typeName, fieldName) : null,
    )
}

function decideVerdict(fields: readonly RequestedField[], recognition: Recognition): Verdict {
  for (const { coordinate, rule } of fields) {
    if (rule === null) return 'NOT_PUBLISHED'
    if (isOpen(rule)) continue
    const denial =
      recognition.kind === 'not-recognised' ? recognition.code : denialOf(rule, recognition.rights, coordinate)
    if (denial !== null) return denial
  }
  return 'allowed'
}
