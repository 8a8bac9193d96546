import { type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { bothRules, denialOf, isOpen, OPEN, policiesNamed, type Rule } from '../../contract/access/rule.ts'
import type { Grounds } from '../../contract/access-token.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { StoredGraph, StoredRules } from './stored-rules.ts'

/**
 * Decides a leg again, by the rules and policies of its time, and compares the result with what was done. An audit log has most of what
 * decides about a caller. It does not have the caller's name, the case that the caller named, or what else the mandate covered. A
 * policy that reads those cannot be decided again.
 */

/** A leg of the past, with the facts that its entry states for the complete request. */
export interface PastLeg {
  readonly country: string
  readonly domain: string
  readonly reach: string
  readonly code: string | null
  readonly wasSent: boolean
  readonly grantedScopes: readonly string[]
  readonly actor: EntryOf<'request'>['actor']
  readonly grounds: EntryOf<'request'>['grounds']
  readonly coordinates: readonly string[]
  readonly denied: EntryOf<'request'>['denied']
  readonly timeMs: number
}

/** The result of deciding one leg again. */
export interface DecidedAgain {
  /** The number of fields that were decided. */
  readonly fields: number
  /** What should have been decided differently; sentences for people. */
  readonly wrong: readonly string[]
  /** What cannot be decided, and why; sentences for people. */
  readonly undecided: readonly string[]
}

/** Matches a policy that reads what the audit log does not have: who the caller is, or the case. */
const READS_WHAT_IS_NOT_LOGGED = /principal\s*(==|in|is)\s|context\s*(\.case\b|has\s+"?case\b|\["case"\])/

/** A day far away, because the end of the mandate was checked with the token. */
const FAR_FUTURE = '9999-12-31'

/** Decides a leg again. `graph` is null for a leg of a country's own log: there the country's SDL has all rules. */
export function decideAgain(leg: PastLeg, rules: StoredRules, graph: StoredGraph | null): DecidedAgain {
  const recognition = recogniseCaller(rules.access, readCaller(leg), readGrounds(leg), () => leg.timeMs)
  if (leg.code === 'TASK_FORCE_NOT_RECOGNISED' || leg.code === 'MANDATE_NOT_COVERED')
    return judgeRejection(leg, recognition)
  const fields = leg.wasSent ? findFields(leg, rules, graph) : []
  const judged = fields.map((coordinate) => judgeField(coordinate, { leg, rules, graph, recognition }))
  const recognised = recognition.kind === 'recognised' ? recognition.rights.scopes : new Set<string>()
  const beyond = leg.grantedScopes.filter((scope) => !recognised.has(scope))
  const granted = beyond.map(
    (scope) => `${leg.country} ${leg.domain}: the scope ${scope} was granted, but the country does not recognise it`,
  )
  return {
    fields: fields.length,
    wrong: [...granted, ...judged.flatMap(({ wrong }) => wrong ?? [])],
    undecided: judged.flatMap(({ undecided }) => undecided ?? []),
  }
}

function judgeRejection({ country, code }: PastLeg, recognition: Recognition): DecidedAgain {
  const came = recognition.kind === 'not-recognised' ? recognition.code : 'recognised'
  if (came === code) return { fields: 0, wrong: [], undecided: [] }
  if (code === 'MANDATE_NOT_COVERED') {
    const reason = `${country}: the audit log does not say which countries and purposes the mandate covered`
    return { fields: 0, wrong: [], undecided: [reason] }
  }
  return { fields: 0, wrong: [`${country}: rejected with ${code}, but the rules say ${came}`], undecided: [] }
}

/** Finds the fields of the operation that the leg's domain has and the country publishes. */
function findFields(
  { coordinates, domain }: PastLeg,
  { own }: StoredRules,
  graph: StoredGraph | null,
): readonly string[] {
  const table = own.get(domain)
  return coordinates.filter((coordinate) => {
    const [typeName, fieldName] = splitField(coordinate)
    if (fieldName === undefined || fieldName.startsWith('__')) return false
    const isOfDomain = graph === null || graph.domainsOf(coordinate).has(domain)
    return isOfDomain && (table === undefined || table.has(typeName, fieldName))
  })
}

interface Judging {
  readonly leg: PastLeg
  readonly rules: StoredRules
  readonly graph: StoredGraph | null
  readonly recognition: Recognition
}

function judgeField(coordinate: string, judging: Judging): { readonly wrong?: string; readonly undecided?: string } {
  const { leg, rules, recognition } = judging
  const rule = findRule(coordinate, judging)
  const wasDenied = leg.denied.some((denial) => denial.coordinate === coordinate && concerns(denial, leg.country))
  const where = `${leg.country} ${leg.domain}: ${coordinate}`
  const text = rules.access.policies.text
  if (policiesNamed(rule).length > 0 && READS_WHAT_IS_NOT_LOGGED.test(text)) {
    return { undecided: `${where}: a policy reads the case or the caller’s name, which the audit log does not have` }
  }
  const denial =
    recognition.kind === 'recognised'
      ? denialOf(rule, recognition.rights, coordinate)
      : isOpen(rule)
        ? null
        : recognition.code
  if (denial === null) return wasDenied ? { wrong: `${where}: it was denied, but the rules allow it` } : {}
  if (wasDenied || isBelowDenied(coordinate, judging)) return {}
  return { wrong: `${where}: it was requested, but the rules deny it (${denial})` }
}

function findRule(coordinate: string, { leg, rules, graph }: Judging): Rule {
  const [typeName, fieldName = ''] = splitField(coordinate)
  const own = rules.own.get(leg.domain)?.ofField(typeName, fieldName) ?? OPEN
  return graph === null ? own : bothRules(graph.floor.ofField(typeName, fieldName), own)
}

function concerns({ country }: { readonly country: string | null }, askedCountry: string): boolean {
  return country === null || country === askedCountry
}

/**
 * Whether a field may have occurred only below a denied one. The country was not asked for such a field, and the entry does not list it
 * as denied.
 */
function isBelowDenied(coordinate: string, { leg, graph }: Judging): boolean {
  const deniedFields = leg.denied.filter((denial) => concerns(denial, leg.country)).map((denial) => denial.coordinate)
  if (graph === null) return deniedFields.length > 0
  const reached = new Set<string>()
  const waiting = deniedFields.flatMap((each) => graph.returns(each) ?? [])
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (reached.has(type)) continue
    reached.add(type)
    const prefix = `${type}.`
    waiting.push(
      ...leg.coordinates.filter((each) => each.startsWith(prefix)).flatMap((each) => graph.returns(each) ?? []),
    )
  }
  return reached.has(splitField(coordinate)[0])
}

/** Splits `Type.field` into its two names. The coordinate of an argument yields no field. */
function splitField(coordinate: string): readonly [string, string | undefined] {
  const match = /^(\w+)\.(\w+)$/.exec(coordinate)
  return [match?.[1] ?? '', match?.[2]]
}

function readCaller({ actor, grounds, country }: PastLeg): PolicyCaller | null {
  if (actor === null) return null
  const { agency, role, scopes, client, assurance } = actor
  return {
    issuer: '',
    subject: actor.ref,
    scopes,
    client: client ?? undefined,
    assurance: assurance ?? undefined,
    ...(actor.country !== null && {
      organisation: { country: actor.country, ...(agency !== null && { agency }), ...(role !== null && { role }) },
    }),
    ...(grounds !== null && {
      mandate: {
        type: 'istmo_mandate',
        ...(grounds.taskForce !== null && { task_force: grounds.taskForce }),
        purposes: grounds.purpose === null ? [] : [grounds.purpose],
        countries: [country],
        legal_basis: grounds.legalBasis,
        not_after: FAR_FUTURE,
      },
    }),
  }
}

function readGrounds({ grounds }: PastLeg): Grounds | null {
  if (grounds === null || grounds.purpose === null) return null
  return { purpose: grounds.purpose, legalBasis: grounds.legalBasis }
}
