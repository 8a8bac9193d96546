import { LRUCache } from 'lru-cache'
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
  policiesNamed,
  type Rights,
  type Rule,
} from '../../contract/access/rule.ts'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { DomainView, RequestContext } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'
import type { Participant, SuspendedNow } from '../types/participant.ts'
import { type CountryDomain, type Decision, decideOperation, listViews, revealDenials, type Sources } from './decide.ts'

/** A country that publishes a domain. */
export interface Publisher {
  readonly access: CountryAccess
  /** The rules of the country's own SDL; null if it publishes the contract's SDL unchanged. */
  readonly own: RuleTable | null
  /** Whose word the country's node takes, and for whom. Default: its file says nothing of it. */
  readonly callers?: Participant['callers']
  publishes(typeName: string, fieldName: string): boolean
}

/** A domain that countries publish, or a plain subgraph, which has one endpoint and no publishers. */
export interface GuardedDomain {
  readonly name: string
  /** By country code. */
  readonly publishers: ReadonlyMap<string, Publisher>
  /** Whether the domain resolves the field. */
  has(typeName: string, fieldName: string): boolean
}

/** The graph that an authorizer guards, and its rules. */
export interface AuthorizerOptions {
  /** The rules of the supergraph. Each country may add its own. */
  readonly floor: RuleTable
  readonly domains: readonly GuardedDomain[]
  /** The fields that are suspended at the moment. Default: none is. */
  readonly suspended?: Pick<SuspendedNow, 'isFieldSuspended' | 'version'>
  /** Returns milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** Decides which caller may read which field. */
export type Authorizer = ReturnType<typeof createAuthorizer>

/** What one caller, acting on one set of grounds, may read in each country. */
export type AccessView = ReturnType<typeof createView>

/** How long the authorizer caches a view, in milliseconds: as long as a policy's decision (docs/design/access.md, The rules). */
const VIEW_CACHED_MS = 60_000

/** How many views of one caller the authorizer caches. */
const MAX_VIEWS_PER_CALLER = 16

/** Of how many callers the authorizer caches views: views hold what was decided and pruned for them, so few of them take much memory. */
const MAX_CALLERS = 256

/** Creates the authorizer of a graph. */
export function createAuthorizer(options: AuthorizerOptions) {
  const now = options.now ?? Date.now
  const views = new LRUCache<Caller, Map<string, { readonly view: AccessView; readonly untilMs: number }>>({
    max: MAX_CALLERS,
  })
  const decisions = createDecisions()
  let anonymous: AccessView | undefined
  let version = options.suspended?.version()
  const dropOutdated = (): void => {
    if (options.suspended?.version() === version) return
    version = options.suspended?.version()
    views.clear()
    anonymous = undefined
  }
  return {
    /**
     * Returns what the caller of a request may read. The same caller with the same grounds gets the same view for a minute, so the
     * authorizer makes each decision once.
     */
    viewFor({ caller, grounds }: Pick<RequestContext, 'caller' | 'grounds'>) {
      dropOutdated()
      if (caller === null) {
        anonymous ??= createView(null, null, options, now, decisions.ofView())
        return anonymous
      }
      const byGrounds = getOrAdd(views, caller, () => new Map())
      const key = JSON.stringify(grounds)
      const cached = byGrounds.get(key)
      if (cached !== undefined && now() < cached.untilMs) return cached.view
      const view = createView(caller, grounds, options, now, decisions.ofView())
      // A caller who always states new grounds must not fill the memory.
      if (byGrounds.size >= MAX_VIEWS_PER_CALLER) byGrounds.clear()
      byGrounds.set(key, { view, untilMs: now() + VIEW_CACHED_MS })
      return view
    },
  }
}

function createView(
  caller: Caller | null,
  grounds: Grounds | null,
  options: AuthorizerOptions,
  now: () => number,
  decisions: ViewDecisions,
) {
  const domains = accessDomains(caller, grounds, options, now)
  const plainView = createPlainView(options.floor, plainRightsOf(caller))
  const byName = new Map(domains.map((access) => [access.domain.name, access]))
  const sourcesOf = (typeName: string, fieldName: string): Sources => {
    const resolving = domains.filter(({ domain }) => domain.has(typeName, fieldName))
    return {
      countries: resolving.flatMap(({ countries }) =>
        countries.filter(({ publishes }) => publishes(typeName, fieldName)),
      ),
      plain: resolving.some(({ domain }) => domain.publishers.size === 0) ? plainView : null,
    }
  }
  return {
    /** Decides which fields the gateway removes from an operation before planning, and which country denies which field. */
    decide(operation: PreparedOperation) {
      const cached = decisions.get(operation)
      if (cached !== undefined) return cached
      const { decision, isCacheable } = decideOperation(operation, { sourcesOf })
      if (isCacheable) decisions.set(operation, decision)
      return decision
    },
    /**
     * Lists the arguments of an operation that would reveal a field that the caller may not read. The gateway calls it before it sends
     * any leg.
     * @param variables coerced
     * @throws {GraphQLError} if an argument of such a field is wrong.
     */
    revealDenials: (operation: PreparedOperation, variables: Readonly<Record<string, unknown>>) =>
      revealDenials(operation, variables, { sourcesOf }),
    /**
     * Returns what the caller may read of a domain in one country.
     * @throws {Error} if the country does not publish the domain.
     */
    domain(name: string, country: string) {
      const found = byName.get(name)?.countries.find((candidate) => candidate.country === country)
      if (!found) throw new Error(`expected a country that publishes ${name}; came ${country}`)
      return found.view
    },
    /** Whether the caller could read a field in at least one country. Introspection shows only such fields. */
    isVisible(typeName: string, fieldName: string) {
      const views = listViews(sourcesOf(typeName, fieldName))
      // The supergraph's rules decide a field that no domain resolves, such as `__typename`.
      if (views.length === 0) return plainView.denialOf(typeName, fieldName) === null
      // A country that does not recognise the caller shows the fields without a rule, because its view has an anonymous caller's rights.
      return views.some((view) => view.denialOf(typeName, fieldName) === null)
    },
  }
}

/** A domain, with what the caller may read of it in each country that publishes it. */
interface DomainAccess {
  readonly domain: GuardedDomain
  readonly countries: readonly CountryDomain[]
}

function accessDomains(
  caller: Caller | null,
  grounds: Grounds | null,
  options: AuthorizerOptions,
  now: () => number,
): readonly DomainAccess[] {
  // One recognition per country, so that all of its domains share the cached decisions of its policies.
  const recognitions = new Map<string, Recognition>()
  const recognise = ({ access }: Publisher): Recognition => {
    return getOrAdd(recognitions, access.country, () => recogniseCaller(access, caller, grounds, now))
  }
  return options.domains.map((domain) => {
    const countries = [...domain.publishers].map(([country, publisher]): CountryDomain => {
      return {
        country,
        publishes: publisher.publishes,
        view: {
          ...createDomainView(publisher, options, recognise(publisher)),
          isListed: isListed(publisher.callers, caller, grounds),
        },
      }
    })
    return { domain, countries }
  })
}

/** The rule of a suspended field: nobody meets it. */
const CLOSED: Rule = Object.freeze({ authenticated: false, scopes: [[]], policies: [] })

function createDomainView(
  { access, own }: Publisher,
  { floor, suspended }: AuthorizerOptions,
  recognition: Recognition,
): Omit<DomainView, 'isListed'> {
  const rights = recognition.kind === 'recognised' ? recognition.rights : ANONYMOUS
  const rules = new Map<string, Rule>()
  // A suspension that begins or ends drops the view.
  const ruleOf = (typeName: string, fieldName: string): Rule => {
    return getOrAdd(rules, `${typeName}.${fieldName}`, () => {
      const isSuspended = suspended?.isFieldSuspended(access.country, typeName, fieldName) ?? false
      return isSuspended ? CLOSED : countryRule(floor, own, typeName, fieldName)
    })
  }
  const isCacheable = (typeName: string, fieldName: string): boolean =>
    !policiesNamed(ruleOf(typeName, fieldName)).some((policy) => access.policies.readsTime(policy))
  return {
    notRecognised: recognition.kind === 'recognised' ? null : recognition.code,
    rights,
    ruleOf,
    isCacheable,
    denialOf: cacheDenials(ruleOf, rights, isCacheable),
    revealedBy: rememberRevealed(floor, own),
  }
}

/** Joins what an argument reveals by the rules of the graph and by those of one country. The tables do not change. */
function rememberRevealed(floor: RuleTable, own: RuleTable | null): DomainView['revealedBy'] {
  const known = new Map<string, readonly string[]>()
  return (coordinate) => {
    const list = () => [...new Set([...floor.revealedBy(coordinate), ...(own?.revealedBy(coordinate) ?? [])])]
    return getOrAdd(known, coordinate, list)
  }
}

function createPlainView(floor: RuleTable, rights: Rights): DomainView {
  const ruleOf = floor.ofField
  const isCacheable = (): boolean => true
  return {
    notRecognised: null,
    isListed: true,
    rights,
    ruleOf,
    isCacheable,
    denialOf: cacheDenials(ruleOf, rights, isCacheable),
    revealedBy: floor.revealedBy,
  }
}

function cacheDenials(
  ruleOf: DomainView['ruleOf'],
  rights: Rights,
  isCacheable: DomainView['isCacheable'],
): DomainView['denialOf'] {
  const kinds = new Map<string, DenialKind | null>()
  return (typeName, fieldName) => {
    const coordinate = `${typeName}.${fieldName}`
    const cached = kinds.get(coordinate)
    if (cached !== undefined) return cached
    const kind = denialOf(ruleOf(typeName, fieldName), rights, coordinate)
    if (isCacheable(typeName, fieldName)) kinds.set(coordinate, kind)
    return kind
  }
}

/** Returns the rights in a plain subgraph. No country takes part, so only the token's own scopes and granted policies count. */
function plainRightsOf(caller: Caller | null): Rights {
  if (caller === null) return ANONYMOUS
  const policies = new Set(caller.policies)
  return { authenticated: true, scopes: new Set(caller.scopes), grants: (policy) => policies.has(policy) }
}

/**
 * Whether a country takes an authority's word that this caller asks, as far as its file says it: it names the caller's authority, and there the
 * caller's agency for this purpose, and the mandate if it countersigns mandates (docs/design/trust.md, The country's file). The country's node refuses
 * every leg that names a caller who is not listed.
 * @param callers the member `callers` of the country's file. Without it, the file says nothing, and everybody counts as listed.
 * @param grounds null if the request has none: no purpose is then looked up.
 */
export function isListed(callers: Participant['callers'], caller: Caller | null, grounds: Grounds | null): boolean {
  if (callers === undefined || caller === null) return true
  const partner = callers.find(({ authority }) => authority === caller.issuer)
  if (partner === undefined) return false
  const { hash } = (caller.mandate ?? {}) as { readonly hash?: string }
  if (partner.countersigned !== null && !(hash !== undefined && partner.countersigned.has(hash))) return false
  const agency = caller.organisation?.agency
  return partner.members.some(
    ({ agencies, purposes }) =>
      agency !== undefined && agencies.includes(agency) && (grounds === null || purposes.includes(grounds.purpose)),
  )
}

// Caches decisions. The first view's decision about an operation is kept for as long as the operation itself, so what is asked once does not fill the
// cache with decisions that nobody can find again. Those of other views, of all together, are kept within a limit of memory.

/** How much memory the decisions of other views than the first may take, in bytes. */
const MAX_BYTES = 16 * 2 ** 20

/** About how many bytes a decision takes, and each denial or removed field in it. */
const BYTES = { decision: 400, part: 200 } as const

/** The decisions of one view, by operation. */
export interface ViewDecisions {
  get(operation: PreparedOperation): Decision | undefined
  set(operation: PreparedOperation, decision: Decision): void
}

/** What is kept with an operation. */
interface Kept {
  readonly number: number
  /** The view that asked first, and its decision. */
  readonly view: number
  decision: Decision
}

/** Creates the cache. `ofView` makes the part of a new view: it sees no other view's decisions. `count` says how many other views' decisions there are. */
export function createDecisions(maxBytes = MAX_BYTES): { ofView(): ViewDecisions; count(): number } {
  const cache = new LRUCache<string, Decision>({ maxSize: maxBytes, sizeCalculation: sizeOf })
  const byOperation = new WeakMap<PreparedOperation, Kept>()
  let lastOperation = 0
  let lastView = 0
  return {
    ofView() {
      const view = ++lastView
      return {
        get(operation) {
          const kept = byOperation.get(operation)
          return kept?.view === view ? kept.decision : kept && cache.get(`${view} ${kept.number}`)
        },
        set(operation, decision) {
          const kept = byOperation.get(operation)
          if (kept === undefined) byOperation.set(operation, { number: ++lastOperation, view, decision })
          else if (kept.view === view) kept.decision = decision
          else cache.set(`${view} ${kept.number}`, decision)
        },
      }
    },
    count: () => cache.size,
  }
}

function sizeOf({ removedFields, denials, partialDenials }: Decision): number {
  return BYTES.decision + BYTES.part * (removedFields.size + denials.length + partialDenials.length)
}
