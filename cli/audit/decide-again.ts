import { type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { bothRules, denialOf, isOpen, OPEN, policiesNamed, type Rule } from '../../contract/access/rule.ts'
import type { Grounds } from '../../contract/access-token.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { StoredGraph, StoredRules } from './stored-rules.ts'

/**
 * Decides a leg again, by the rules and policies of its moment, and compares with what was done. The record has of a caller what
 * decides but its name: who it was, which case it named and what its mandate covered besides are not there, so a policy that reads
 * those cannot be told.
 */

/** A leg as it was, with what its entry says of the whole. */
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

/** What deciding again says of one leg. */
export interface DecidedAgain {
  /** How many fields were decided. */
  readonly fields: number
  /** What should have been otherwise; for people. */
  readonly wrong: readonly string[]
  /** What cannot be told, and why. */
  readonly untold: readonly string[]
}

/** A policy that reads what the record has not: who the caller is, or the case. */
const READS_WHAT_IS_NOT_KEPT = /principal\s*(==|in|is)\s|context\s*(\.case\b|has\s+"?case\b|\["case"\])/

/** A day far away: that the mandate held was checked with the token. */
const NOT_OVER = '9999-12-31'

/** Decides a leg again. `graph` is null for a country's own leg: there its SDL is the whole of the rules. */
export function decideAgain(leg: PastLeg, rules: StoredRules, graph: StoredGraph | null): DecidedAgain {
  const recognition = recogniseCaller(rules.access, callerOf(leg), groundsOf(leg), () => leg.timeMs)
  if (leg.code === 'TASK_FORCE_NOT_RECOGNISED' || leg.code === 'MANDATE_NOT_COVERED')
    return judgeRejection(leg, recognition)
  const fields = leg.wasSent ? fieldsOf(leg, rules, graph) : []
  const said = fields.map((coordinate) => judgeField(coordinate, { leg, rules, graph, recognition }))
  const recognised = recognition.kind === 'recognised' ? recognition.rights.scopes : new Set<string>()
  const beyond = leg.grantedScopes.filter((scope) => !recognised.has(scope))
  const granted = beyond.map(
    (scope) => `${leg.country} ${leg.domain}: scope ${scope} was granted, and is not recognised`,
  )
  return {
    fields: fields.length,
    wrong: [...granted, ...said.flatMap(({ wrong }) => wrong ?? [])],
    untold: said.flatMap(({ untold }) => untold ?? []),
  }
}

function judgeRejection({ country, code }: PastLeg, recognition: Recognition): DecidedAgain {
  const came = recognition.kind === 'not-recognised' ? recognition.code : 'recognised'
  if (came === code) return { fields: 0, wrong: [], untold: [] }
  if (code === 'MANDATE_NOT_COVERED') {
    return { fields: 0, wrong: [], untold: [`${country}: which countries and purposes the mandate covers is not kept`] }
  }
  return { fields: 0, wrong: [`${country}: refused with ${code}, and the rules say ${came}`], untold: [] }
}

/** The fields of the operation that the leg's domain has and the country publishes. */
function fieldsOf(
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

function judgeField(coordinate: string, judging: Judging): { readonly wrong?: string; readonly untold?: string } {
  const { leg, rules, recognition } = judging
  const rule = ruleOf(coordinate, judging)
  const wasDenied = leg.denied.some((denial) => denial.coordinate === coordinate && isOf(denial, leg.country))
  const where = `${leg.country} ${leg.domain}: ${coordinate}`
  const text = rules.access.policies.text
  if (policiesNamed(rule).length > 0 && READS_WHAT_IS_NOT_KEPT.test(text)) {
    return { untold: `${where}: a policy reads the case or the caller’s name, which are not kept` }
  }
  const refusal =
    recognition.kind === 'recognised'
      ? denialOf(rule, recognition.rights, coordinate)
      : isOpen(rule)
        ? null
        : recognition.code
  if (refusal === null) return wasDenied ? { wrong: `${where}: was denied, and the rules allow it` } : {}
  if (wasDenied || isBelowDenied(coordinate, judging)) return {}
  return { wrong: `${where}: was asked, and the rules refuse it (${refusal})` }
}

function ruleOf(coordinate: string, { leg, rules, graph }: Judging): Rule {
  const [typeName, fieldName = ''] = splitField(coordinate)
  const own = rules.own.get(leg.domain)?.ofField(typeName, fieldName) ?? OPEN
  return graph === null ? own : bothRules(graph.floor.ofField(typeName, fieldName), own)
}

function isOf({ country }: { readonly country: string | null }, asked: string): boolean {
  return country === null || country === asked
}

/** Whether a field may have stood below a denied one alone: what is below one is not told, for it was not asked. */
function isBelowDenied(coordinate: string, { leg, graph }: Judging): boolean {
  const starts = leg.denied.filter((denial) => isOf(denial, leg.country)).map((denial) => denial.coordinate)
  if (graph === null) return starts.length > 0
  const reached = new Set<string>()
  const waiting = starts.flatMap((each) => graph.returns(each) ?? [])
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

/** `Type.field` in two; an argument's coordinate has no field. */
function splitField(coordinate: string): readonly [string, string | undefined] {
  const match = /^(\w+)\.(\w+)$/.exec(coordinate)
  return [match?.[1] ?? '', match?.[2]]
}

function callerOf({ actor, grounds, country }: PastLeg): PolicyCaller | null {
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
        not_after: NOT_OVER,
      },
    }),
  }
}

function groundsOf({ grounds }: PastLeg): Grounds | null {
  if (grounds === null || grounds.purpose === null) return null
  return { purpose: grounds.purpose, legalBasis: grounds.legalBasis }
}
