/** The specs that have a directive of a rule, each from a version on. The first is the one that the contract links. */
export interface RuleSource {
  readonly identity: string
  readonly since: readonly [major: number, minor: number]
}

/** The bundle of Federation, which has its directives beside their own specs. */
export const FEDERATION = 'https://specs.apollo.dev/federation'

/** The spec of contract/schema/istmo.graphql, without its version. */
export const ISTMO = 'https://istmo.example/istmo'

/**
 * The directives that say who may read what, by name. Each reader of rules goes through this table: what an SDL must link, what counts as a disguise,
 * and what is compared with the contract.
 */
export const RULE_DIRECTIVES = {
  authenticated: [
    { identity: FEDERATION, since: [2, 5] },
    { identity: 'https://specs.apollo.dev/authenticated', since: [0, 1] },
  ],
  requiresScopes: [
    { identity: FEDERATION, since: [2, 5] },
    { identity: 'https://specs.apollo.dev/requiresScopes', since: [0, 1] },
  ],
  policy: [
    { identity: FEDERATION, since: [2, 6] },
    { identity: 'https://specs.apollo.dev/policy', since: [0, 1] },
  ],
  reveals: [{ identity: ISTMO, since: [1, 0] }],
  pii: [{ identity: ISTMO, since: [1, 0] }],
} as const satisfies Readonly<Record<string, readonly RuleSource[]>>

/** The directives of the istmo spec, of rules and others (contract/schema/istmo.graphql). */
export const ISTMO_DIRECTIVES = ['answeredBy', 'merge', 'crossBorder', 'reveals', 'pii'] as const
