import {
  type CountryAccess,
  countryRule,
  type Recognition,
  recogniseCaller,
} from '../../contract/access/country-access.ts'
import {
  ANONYMOUS,
  type DenialKind,
  denialOf,
  isOpen,
  policiesNamed,
  type Rights,
  type Rule,
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

/** How long a caller's view is kept, in milliseconds: as long as a policy's decision (docs/design/access.md, The rules). */
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
  const recognitions = new Map<string, Recognition>()
  const recognition = ({ access }: Publisher): Recognition => {
    const known = recognitions.get(access.country) ?? recogniseCaller(access, caller, grounds, now)
    recognitions.set(access.country, known)
    return known
  }
  const domains = options.domains.map((domain): DomainAccess => {
    const countries = [...domain.publishers].map(([country, publisher]): CountryDomain => {
      return {
        country,
        publishes: publisher.publishes,
        view: createDomainView(publisher, options.floor, recognition(publisher)),
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
      const { decision, isCacheable } = decideOperation(operation, { sourcesOf })
      if (isCacheable) decisions.set(operation, decision)
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
      if (views.length === 0) return plain.denialOf(typeName, fieldName) === null
      return views.some((view) => isOpen(view.ruleOf(typeName, fieldName)) || canRead(view, typeName, fieldName))
    },
  }
}

function canRead(view: DomainView, typeName: string, fieldName: string): boolean {
  return view.notRecognised === null && view.denialOf(typeName, fieldName) === null
}

/** A domain with what each of its publishers gives. */
interface DomainAccess {
  readonly domain: GuardedDomain
  readonly countries: readonly CountryDomain[]
}

function createDomainView({ access, own }: Publisher, floor: RuleTable, recognition: Recognition): DomainView {
  const rights = recognition.kind === 'recognised' ? recognition.rights : ANONYMOUS
  const rules = new Map<string, Rule>()
  const ruleOf = (typeName: string, fieldName: string): Rule => {
    const coordinate = `${typeName}.${fieldName}`
    const known = rules.get(coordinate) ?? countryRule(floor, own, typeName, fieldName)
    rules.set(coordinate, known)
    return known
  }
  const isCacheable = (typeName: string, fieldName: string): boolean =>
    !policiesNamed(ruleOf(typeName, fieldName)).some((policy) => access.policies.readsTime(policy))
  return {
    notRecognised: recognition.kind === 'recognised' ? null : recognition.code,
    rights,
    ruleOf,
    isCacheable,
    denialOf: rememberDenials(ruleOf, rights, isCacheable),
    revealedBy: (coordinate) => [...new Set([...floor.revealedBy(coordinate), ...(own?.revealedBy(coordinate) ?? [])])],
  }
}

function createPlainView(floor: RuleTable, rights: Rights): DomainView {
  const ruleOf = floor.ofField
  return {
    notRecognised: null,
    rights,
    ruleOf,
    denialOf: rememberDenials(ruleOf, rights, () => true),
    revealedBy: floor.revealedBy,
    isCacheable: () => true,
  }
}

function rememberDenials(
  ruleOf: DomainView['ruleOf'],
  rights: Rights,
  isCacheable: DomainView['isCacheable'],
): DomainView['denialOf'] {
  const known = new Map<string, DenialKind | null>()
  return (typeName, fieldName) => {
    const coordinate = `${typeName}.${fieldName}`
    const remembered = known.get(coordinate)
    if (remembered !== undefined) return remembered
    const refusal = denialOf(ruleOf(typeName, fieldName), rights, coordinate)
    if (isCacheable(typeName, fieldName)) known.set(coordinate, refusal)
    return refusal
  }
}

/** Where no country is asked there is no mandate: the token's own scopes and granted policies count. */
function plainRightsOf(caller: Caller | null): Rights {
  if (caller === null) return ANONYMOUS
  const policies = new Set(caller.policies ?? [])
  return { authenticated: true, scopes: new Set(caller.scopes), grants: (policy) => policies.has(policy) }
}
