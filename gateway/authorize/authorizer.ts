import { type CountryAccess, countryRule, type Standing, standingOf } from '../../contract/access/country-access.ts'
import {
  ANONYMOUS,
  isOpen,
  policiesNamed,
  type RefusalKind,
  type Rights,
  type Rule,
  refusalOf,
} from '../../contract/access/rule.ts'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import type { DomainView, RequestContext } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'
import {
  type CountryDomain,
  type Decision,
  type Denial,
  decideOperation,
  revealDenials,
  type Sources,
} from './decide.ts'

/** A country that publishes a domain. */
export interface Publisher {
  readonly access: CountryAccess
  /** The rules of the country's own SDL; null where it publishes the contract as it stands. */
  readonly own: RuleTable | null
  publishes(typeName: string, fieldName: string): boolean
}

/** A domain that countries publish, or a subgraph with one endpoint: then without publishers. */
export interface GuardedDomain {
  readonly name: string
  readonly publishers: ReadonlyMap<string, Publisher>
  /** Whether the domain resolves the field at all. */
  has(typeName: string, fieldName: string): boolean
}

/** What is guarded, and by which rules. */
export interface AuthorizerOptions {
  /** The rules of the whole graph. */
  readonly floor: RuleTable
  readonly domains: readonly GuardedDomain[]
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** Decides who may read what. */
export interface Authorizer {
  /**
   * What the caller of a request may do. The same caller and grounds get the same view for a minute, so that no decision is made
   * twice.
   */
  viewFor(context: Pick<RequestContext, 'caller' | 'grounds'>): AccessView
}

/** One caller, acting on one set of grounds, before every country. */
export interface AccessView {
  /** What becomes of an operation: what is taken out of it before it is planned, and which country refuses what. */
  decide(operation: PreparedOperation): Decision
  /** What an operation's arguments would reveal that is refused, before anything is asked. @throws {GraphQLError} for a wrong argument. */
  revealDenials(operation: PreparedOperation, variables: Readonly<Record<string, unknown>>): readonly Denial[]
  /** What a country gives of a domain. */
  domain(name: string, country: string): DomainView
  /** Whether the caller could read a field anywhere: what introspection shows. */
  isVisible(typeName: string, fieldName: string): boolean
}

/** How long a caller's view is kept, in milliseconds: as long as a policy's decision (access.md, The rules). */
const VIEW_KEPT_MS = 60_000

/** Makes the authorizer of a graph. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const now = options.now ?? Date.now
  const views = new WeakMap<Caller, Map<string, { readonly view: AccessView; readonly untilMs: number }>>()
  let anonymous: AccessView | undefined
  return {
    viewFor({ caller, grounds }) {
      if (caller === null) {
        anonymous ??= createView(null, null, options, now)
        return anonymous
      }
      const byGrounds = views.get(caller) ?? new Map()
      views.set(caller, byGrounds)
      const key = JSON.stringify(grounds)
      const known = byGrounds.get(key)
      if (known !== undefined && now() < known.untilMs) return known.view
      const view = createView(caller, grounds, options, now)
      // A caller who states ever new grounds must not fill the memory.
      if (byGrounds.size > 16) byGrounds.clear()
      byGrounds.set(key, { view, untilMs: now() + VIEW_KEPT_MS })
      return view
    },
  }
}

function createView(
  caller: Caller | null,
  grounds: Grounds | null,
  options: AuthorizerOptions,
  now: () => number,
): AccessView {
  const plainRights = plainRightsOf(caller)
  const standings = new Map<string, Standing>()
  const standing = ({ access }: Publisher): Standing => {
    const known = standings.get(access.country) ?? standingOf(access, caller, grounds, now)
    standings.set(access.country, known)
    return known
  }
  const domains = options.domains.map((domain): DomainAccess => {
    const countries = [...domain.publishers].map(([country, publisher]): CountryDomain => {
      return {
        country,
        publishes: publisher.publishes,
        view: createDomainView(publisher, options.floor, standing(publisher)),
      }
    })
    return { domain, countries }
  })
  const plain = createPlainView(options.floor, plainRights)
  const byName = new Map(domains.map((access) => [access.domain.name, access]))
  const decisions = new WeakMap<PreparedOperation, Decision>()
  const sourcesOf = (typeName: string, fieldName: string): Sources => ({
    countries: domains
      .filter(({ domain }) => domain.has(typeName, fieldName))
      .flatMap(({ countries }) => countries.filter(({ publishes }) => publishes(typeName, fieldName))),
    plain: domains.some(({ domain }) => domain.publishers.size === 0 && domain.has(typeName, fieldName)) ? plain : null,
  })
  return {
    decide(operation) {
      const known = decisions.get(operation)
      if (known !== undefined) return known
      const { decision, isKept } = decideOperation(operation, { sourcesOf })
      if (isKept) decisions.set(operation, decision)
      return decision
    },
    revealDenials: (operation, variables) => revealDenials(operation, variables, { sourcesOf }),
    domain(name, country) {
      const found = byName.get(name)?.countries.find((candidate) => candidate.country === country)
      if (!found) throw new Error(`expected a country that publishes ${name}; came ${country}`)
      return found.view
    },
    isVisible(typeName, fieldName) {
      const { countries, plain: alone } = sourcesOf(typeName, fieldName)
      const views = [...countries.map(({ view }) => view), ...(alone ? [alone] : [])]
      if (views.length === 0) return plain.refusalOf(typeName, fieldName) === null
      return views.some((view) => isOpen(view.ruleOf(typeName, fieldName)) || canRead(view, typeName, fieldName))
    },
  }
}

function canRead(view: DomainView, typeName: string, fieldName: string): boolean {
  return view.notHeard === null && view.refusalOf(typeName, fieldName) === null
}

/** A domain with what each of its publishers gives. */
interface DomainAccess {
  readonly domain: GuardedDomain
  readonly countries: readonly CountryDomain[]
}

function createDomainView({ access, own }: Publisher, floor: RuleTable, standing: Standing): DomainView {
  const rights = standing.kind === 'heard' ? standing.rights : ANONYMOUS
  const rules = new Map<string, Rule>()
  const ruleOf = (typeName: string, fieldName: string): Rule => {
    const coordinate = `${typeName}.${fieldName}`
    const known = rules.get(coordinate) ?? countryRule(floor, own, typeName, fieldName)
    rules.set(coordinate, known)
    return known
  }
  const isKept = (typeName: string, fieldName: string): boolean =>
    !policiesNamed(ruleOf(typeName, fieldName)).some((policy) => access.policies.readsTime(policy))
  return {
    notHeard: standing.kind === 'heard' ? null : standing.code,
    rights,
    ruleOf,
    isKept,
    refusalOf: rememberRefusals(ruleOf, rights, isKept),
    revealedBy: (coordinate) => [...new Set([...floor.revealedBy(coordinate), ...(own?.revealedBy(coordinate) ?? [])])],
  }
}

function createPlainView(floor: RuleTable, rights: Rights): DomainView {
  const ruleOf = floor.ofField
  return {
    notHeard: null,
    rights,
    ruleOf,
    refusalOf: rememberRefusals(ruleOf, rights, () => true),
    revealedBy: floor.revealedBy,
    isKept: () => true,
  }
}

function rememberRefusals(
  ruleOf: DomainView['ruleOf'],
  rights: Rights,
  isKept: DomainView['isKept'],
): DomainView['refusalOf'] {
  const known = new Map<string, RefusalKind | null>()
  return (typeName, fieldName) => {
    const coordinate = `${typeName}.${fieldName}`
    const remembered = known.get(coordinate)
    if (remembered !== undefined) return remembered
    const refusal = refusalOf(ruleOf(typeName, fieldName), rights, coordinate)
    if (isKept(typeName, fieldName)) known.set(coordinate, refusal)
    return refusal
  }
}

/** Where no country is asked there is no mandate: the token's own scopes and granted policies count. */
function plainRightsOf(caller: Caller | null): Rights {
  if (caller === null) return ANONYMOUS
  const policies = new Set(caller.policies ?? [])
  return { authenticated: true, scopes: new Set(caller.scopes), grants: (policy) => policies.has(policy) }
}
