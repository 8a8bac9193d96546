import { type DocumentNode, parse } from 'graphql'
import { comparePolicies } from '../../contract/access/compare-policies.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { isOpen, type Requirement, type Rule } from '../../contract/access/rule.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { readSdlFloor } from '../../contract/access/sdl-faults.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { DEFAULT_HITS_PER_DAY } from '../../contract/hit-quota/hit-quota.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { type Said, said } from '../../contract/said.ts'
import type { CountryFile } from '../../service/country-file.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import type { CountryRules } from './rules.ts'

const NOTHING = said('nothing', 'nada')

/**
 * Writes what a document demands at a coordinate, as an SDL would: of a field (`Person.names`) and of a type all that counts, of something
 * that is given to a field (`PersonSearch.name`, `Query.persons(first:)`, `CaseOrder.ID_ASC`) what it reveals.
 */
export function describeRuleAt(document: DocumentNode, coordinate: string): Said | string {
  const table = readRuleTable(document)
  const [typeName = '', member] = coordinate.split('.')
  if (member === undefined) return describeRule(table.ofType(typeName))
  if (table.has(typeName, member)) return describeRule(table.ofField(typeName, member))
  const revealed = table.revealedBy(coordinate)
  return revealed.length === 0 ? NOTHING : revealed.map((field) => `@reveals(field: "${field}")`).join(' ')
}

/** Writes a rule as an SDL would; that it is nothing, if it is open. */
function describeRule(rule: Rule): Said | string {
  if (isOpen(rule)) return NOTHING
  return [
    ...(rule.authenticated ? ['@authenticated'] : []),
    ...rule.scopes.map((requirement) => `@requiresScopes(scopes: ${listOf(requirement)})`),
    ...rule.policies.map((requirement) => `@policy(policies: ${listOf(requirement)})`),
  ].join(' ')
}

function listOf(requirement: Requirement): string {
  return JSON.stringify(requirement).replaceAll(',', ', ')
}

const WITHOUT = said('without this', 'sin esto')
const RECOGNITION = [said('not recognised', 'no reconocido'), said('recognised', 'reconocido')] as const
const PUBLICATION = { before: said('not published', 'sin publicar'), after: said('published', 'publicado') }

/** A country's file as it was read. */
interface ReadRules {
  readonly file: CountryFile
  readonly read: CountryRules
}

/** One rule before and after. `place` is that of the file, or a coordinate. */
interface LooserRule {
  readonly place: string
  readonly before: Said | string
  readonly after: Said | string
}

/**
 * Compares two versions of a country's file, and finds each rule that lets somebody have what they could not have before. What became stricter, and what
 * only looks different, is not named.
 */
export async function compareRules(before: ReadRules, after: ReadRules): Promise<readonly LooserRule[]> {
  return [
    ...compareTaskForces(before, after),
    ...compareCallers(before.read.callers, after.read.callers),
    ...compareQuestions(before, after),
    ...compareLimits(before, after),
    ...(await comparePolicies(before.read.access, after.read.access)),
    ...compareSdls(before, after),
  ]
}

/** What a member of a task force may do: one text for each combination of issuer, agency, purpose and scope. */
function rightsOf({ read }: ReadRules): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const forces = new Map<string, Map<string, string>>()
  for (const { id, notAfter, members } of read.access.taskForces) {
    const rights = forces.get(id) ?? new Map<string, string>()
    forces.set(id, rights)
    for (const { issuer, agencies, purposes, scopes } of members)
      for (const agency of agencies)
        for (const purpose of purposes)
          for (const scope of scopes) {
            const key = `${issuer} ${agency} ${purpose} ${scope}`
            const known = rights.get(key)
            rights.set(key, known !== undefined && known > notAfter ? known : notAfter)
          }
  }
  return forces
}

function compareTaskForces(before: ReadRules, after: ReadRules): readonly LooserRule[] {
  const was = rightsOf(before)
  return [...rightsOf(after)].flatMap(([id, rights]): readonly LooserRule[] => {
    const place = `taskForces ${id}`
    const known = was.get(id)
    if (known === undefined) return [{ place, before: RECOGNITION[0], after: RECOGNITION[1] }]
    const added = [...rights.keys()].filter((key) => !known.has(key))
    const longer = [...rights].filter(([key, notAfter]) => (known.get(key) ?? '9999') < notAfter)
    const latest = (dates: Iterable<string>) => [...dates].sort().at(-1) ?? ''
    return [
      ...(added.length === 0 ? [] : [{ place, before: WITHOUT, after: summarise(added) }]),
      ...(longer.length === 0
        ? []
        : [
            { place: `${place}.notAfter`, before: latest(known.values()), after: latest(longer.map(([, day]) => day)) },
          ]),
    ]
  })
}

function summarise(keys: readonly string[]): string {
  const [first = '', second] = keys
  return second === undefined ? first : `${first} (+${keys.length - 1})`
}

function compareCallers(before: readonly CallerPartner[], after: readonly CallerPartner[]): readonly LooserRule[] {
  return after.flatMap((caller): readonly LooserRule[] => {
    const place = `callers ${caller.country}`
    const was = before.find(({ authority, country }) => authority === caller.authority && country === caller.country)
    if (was === undefined)
      return [{ place, before: said('no authority', 'ninguna autoridad'), after: caller.authority }]
    const added = (name: string, old: Iterable<string>, now: Iterable<string>): readonly LooserRule[] => {
      const known = new Set(old)
      const more = [...now].filter((one) => !known.has(one))
      return more.length === 0 ? [] : [{ place: `${place}.${name}`, before: WITHOUT, after: summarise(more) }]
    }
    const members = ({ members: all }: CallerPartner) =>
      all.flatMap(({ agencies, purposes, scopes }) =>
        agencies.flatMap((agency) =>
          purposes.flatMap((purpose) => scopes.map((scope) => `${agency} ${purpose} ${scope}`)),
        ),
      )
    const other = (name: string, old: string, now: string): readonly LooserRule[] =>
      old === now ? [] : [{ place: `${place}.${name}`, before: old, after: now }]
    return [
      ...added('keys', was.keys, caller.keys),
      ...added('approvers', was.approvers, caller.approvers),
      ...added('witnesses', was.witnesses, caller.witnesses),
      ...added('members', members(was), members(caller)),
      ...(was.countersigned === null ? [] : compareMandates(place, was.countersigned, caller.countersigned)),
      ...(was.revocation === 'required' ? other('revocation', 'required', caller.revocation) : []),
      ...other('log', was.log, caller.log),
      ...other('jwks', was.jwks, caller.jwks),
      ...compareTrust(place, was, caller),
    ]
  })
}

function compareMandates(
  place: string,
  was: ReadonlySet<string>,
  now: ReadonlySet<string> | null,
): readonly LooserRule[] {
  if (now === null) return [{ place: `${place}.mandates`, before: 'countersigned', after: 'proven' }]
  const more = [...now].filter((one) => !was.has(one))
  return more.length === 0 ? [] : [{ place: `${place}.countersigned`, before: WITHOUT, after: summarise(more) }]
}

/** Without a pin or authority of its own, the operating system's authorities vouch for a server. */
function compareTrust(place: string, was: CallerPartner, now: CallerPartner): readonly LooserRule[] {
  const pins = now.tls?.pins ?? []
  const isLooser =
    (was.tls?.ca !== undefined && was.tls.ca !== now.tls?.ca) ||
    (was.tls?.pins !== undefined && (pins.length === 0 || pins.some((pin) => !was.tls?.pins?.includes(pin))))
  if (!isLooser) return []
  const before = said('other authorities or pins', 'otras autoridades o claves fijadas')
  return [{ place: `${place}.tls`, before, after: said('these', 'estas') }]
}

function compareQuestions(before: ReadRules, after: ReadRules): readonly LooserRule[] {
  const [was, now] = [before.read.questions, after.read.questions]
  const demands = after.read.domains.flatMap((domain): readonly LooserRule[] =>
    was.demands[domain] === 'signed' && now.demands[domain] === 'any'
      ? [{ place: `questions.${domain}`, before: 'signed', after: 'any' }]
      : [],
  )
  const known = new Set(keysOfPartners(was))
  const partners = keysOfPartners(now).filter((key) => !known.has(key))
  return [
    ...demands,
    ...(partners.length === 0 ? [] : [{ place: 'partners', before: WITHOUT, after: summarise(partners) }]),
    ...more('caps.legs', was.caps.legs, now.caps.legs),
    ...more('caps.rows', was.caps.rows, now.caps.rows),
  ]
}

function keysOfPartners({ partners }: ReadRules['read']['questions']): readonly string[] {
  return [...partners].map(([key, country]) => `${country} ${key}`)
}

function compareLimits({ read, file }: ReadRules, after: ReadRules): readonly LooserRule[] {
  const suspenders = file.suspenders.map(({ name }) => name)
  const kept = new Set(after.file.suspenders.map(({ name }) => name))
  const gone = suspenders.filter((name) => !kept.has(name))
  const published = after.read.domains.filter((domain) => !read.domains.includes(domain))
  return [
    ...published.map((domain) => ({ place: `domains.${domain}`, ...PUBLICATION })),
    ...more('rowsPerDay', read.rowsPerDay ?? DEFAULT_ROWS_PER_DAY, after.read.rowsPerDay),
    ...more('hitsPerDay', read.hitsPerDay ?? DEFAULT_HITS_PER_DAY, after.read.hitsPerDay),
    ...(read.legTokens === 'once' && after.read.legTokens !== 'once'
      ? [{ place: 'legTokens', before: 'once', after: after.read.legTokens }]
      : []),
    ...(file.receipts?.required === true && after.file.receipts?.required !== true
      ? [{ place: 'receipts.required', before: 'true', after: describeReceipts(after) }]
      : []),
    ...(file.suspended !== undefined && after.file.suspended === undefined
      ? [{ place: 'suspended', before: 'true', after: 'false' }]
      : []),
    ...more('unwitnessed.refuseAfter', file.refuseUnwitnessedAfterMs, after.file.refuseUnwitnessedAfterMs),
    ...(gone.length === 0 ? [] : [{ place: 'suspenders', before: gone.join(', '), after: WITHOUT }]),
  ]
}

function describeReceipts({ file: { receipts } }: ReadRules): Said | string {
  return receipts?.required === undefined ? said('no receipts', 'sin recibos') : String(receipts.required)
}

/** Whether a limit became higher; undefined is none. */
function more(place: string, was: number | undefined, now: number | undefined): readonly LooserRule[] {
  if (was === undefined || (now !== undefined && now <= was)) return []
  return [{ place, before: String(was), after: now === undefined ? said('no limit', 'sin límite') : String(now) }]
}

/** A country’s own SDL may have demanded more than the contract, or left out fields. What it said before is the floor here. */
function compareSdls(before: ReadRules, after: ReadRules): readonly LooserRule[] {
  return [...before.read.sdl].flatMap(([domain, was]): readonly LooserRule[] => {
    if (!after.read.domains.includes(domain as Domain)) return []
    const now = after.read.sdl.get(domain) ?? parse(domainSdl(domain as Domain))
    const published = new Set(readSdlFloor(was).fields.keys())
    const added = [...readSdlFloor(now).fields.keys()].filter((coordinate) => !published.has(coordinate))
    return [
      ...loosened(readRuleTable(was), now).map((place) => ({
        place,
        before: describeRuleAt(was, place),
        after: describeRuleAt(now, place),
      })),
      ...added.map((place) => ({ place, ...PUBLICATION })),
    ]
  })
}
