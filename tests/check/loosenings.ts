import {
  type ASTNode,
  type DirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  parseType,
  print,
  valueFromASTUntyped,
  visit,
} from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import {
  contractOf,
  listApplications,
  named,
  readDirective,
  replace,
  replaceIn,
  withDirective,
  withoutRules,
} from './edit-sdl.ts'

/** Changes of the contract's SDLs, made one at a time: each is a country's SDL. The same for each run. */

/** A changed SDL. */
export interface ChangedSdl {
  readonly domain: Domain
  /** What was changed, and where. */
  readonly name: string
  readonly sdl: string
}

const FEDERATION = 'https://specs.apollo.dev/federation/v2.9'

/** Lists changes of the rules of fields and types, of which a second opinion must say whether they open something. */
export function listRuleChanges(): readonly ChangedSdl[] {
  return DOMAINS.flatMap((domain) =>
    listGuarded(domain).flatMap(({ place, node, directive }) =>
      changesOf(directive).map(([what, changed]) => ({
        domain,
        name: `${place}: ${what} of @${directive.name.value}`,
        sdl: print(replace(contractOf(domain), node, withDirective(node, directive, changed))),
      })),
    ),
  )
}

type Guarded = ObjectTypeDefinitionNode | FieldDefinitionNode

function listGuarded(domain: Domain) {
  const types = contractOf(domain).definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
  return types.flatMap((type) => {
    const places: [string, Guarded][] = [
      [type.name.value, type],
      ...(type.fields ?? []).map((field): [string, Guarded] => [`${type.name.value}.${field.name.value}`, field]),
    ]
    return places.flatMap(([place, node]) =>
      (node.directives ?? [])
        .filter(({ name }) => ['authenticated', 'requiresScopes', 'policy'].includes(name.value))
        .map((directive) => ({ place, node, directive })),
    )
  })
}

function changesOf(directive: DirectiveNode): readonly (readonly [string, DirectiveNode | null])[] {
  const [argument] = directive.arguments ?? []
  if (argument === undefined) return [['removal', null]]
  const lists = valueFromASTUntyped(argument.value) as string[][]
  const write = (other: readonly (readonly string[])[]) =>
    readDirective(`@${directive.name.value}(${argument.name.value}: ${JSON.stringify(other)})`)
  return [
    ['removal', null],
    ['weaker form', readDirective('@authenticated')],
    ['new alternative', write([...lists, ['anybody']])],
    ['other name', write([['anybody']])],
    ['one more name', write(lists.map((all) => [...all, 'more']))],
    ...lists.flatMap((all, at) =>
      all.length < 2
        ? []
        : all.map(
            (name) =>
              [
                `without ${name}`,
                write(
                  lists.with(
                    at,
                    all.filter((one) => one !== name),
                  ),
                ),
              ] as const,
          ),
    ),
  ]
}

/** Lists SDLs that demand less than the contract in another way than by a changed rule. */
export function listOtherLoosenings(): readonly ChangedSdl[] {
  return DOMAINS.flatMap((domain) => [
    ...listUnrevealed(domain),
    ...listDisguised(domain),
    ...listRelinked(domain),
    ...listReshaped(domain),
    ...listDoubled(domain),
  ])
}

/** What is given to a field no longer says what it reveals, or says something else. */
function listUnrevealed(domain: Domain): readonly ChangedSdl[] {
  return listApplications(domain, 'reveals').flatMap(({ place, node, directive }) =>
    (
      [
        ['@reveals removed', null],
        ['@reveals of another field', readDirective('@reveals(field: "Another.field")')],
      ] as const
    ).map(([what, changed]) => ({
      ...{ domain, name: `${place}: ${what}` },
      sdl: print(replace(contractOf(domain), node, withDirective(node, directive, changed))),
    })),
  )
}

/** Each rule gets a name that only looks like one. */
function listDisguised(domain: Domain): readonly ChangedSdl[] {
  return ['requiresScopes', 'policy', 'authenticated', 'reveals'].flatMap((rule) =>
    listApplications(domain, rule).map(({ place, node, directive }) => {
      const local = rule === 'reveals' ? 'federation__reveals' : `istmo__${rule}`
      const changed = { ...directive, name: { ...directive.name, value: local } }
      return {
        ...{ domain, name: `${place}: @${rule} called @${local}` },
        sdl: print(replace(contractOf(domain), node, withDirective(node, directive, changed))),
      }
    }),
  )
}

/** The links give the names of rules to something else. */
function listRelinked(domain: Domain): readonly ChangedSdl[] {
  const sdl = domainSdl(domain)
  const rules = ['requiresScopes', 'policy'].filter((rule) => sdl.includes(`@${rule}(`))
  /** @param link a link that stands before those of the contract. */
  const change = (name: string, from: string, to: string, link = ''): ChangedSdl => ({
    ...{ domain, name },
    sdl: replaceIn(replaceIn(sdl, from, to), 'extend schema\n', `extend schema ${link}\n`),
  })
  const ofReveals = change(
    '@reveals of another spec',
    'https://istmo.example/istmo/v1.0',
    'https://istmo.example/other/v1.0',
  )
  return [
    ...(sdl.includes('@reveals(field: "') && domain !== 'legal' ? [ofReveals] : []),
    ...rules.flatMap((rule) => [
      change(`@${rule} not imported`, `"@${rule}", `, ''),
      change(`@${rule} imported as another name`, `"@${rule}"`, `{ name: "@${rule}", as: "@other" }`),
      change(`@${rule} is another directive of Federation`, `"@${rule}"`, `{ name: "@tag", as: "@${rule}" }`),
      change(
        `@${rule} of another spec`,
        `"@${rule}", `,
        '',
        `@link(url: "https://example.com/none/v1.0", import: ["@${rule}"])`,
      ),
      change(`@${rule} by a spec of a like name`, `"@${rule}", `, '', `@link(url: "https://example.com/${rule}/v0.1")`),
      change(`federation of a version without @${rule}`, FEDERATION, FEDERATION.replace('v2.9', 'v2.3')),
      change(`federation of another host, for @${rule}`, FEDERATION, FEDERATION.replace('apollo.dev', 'example.com')),
      change(`federation linked twice, beside @${rule}`, `"@${rule}"`, `"@${rule}"`, `@link(url: "${FEDERATION}")`),
    ]),
  ]
}

/** The place of a rule changes its kind or its name, and the rule is gone. */
function listReshaped(domain: Domain): readonly ChangedSdl[] {
  const contract = contractOf(domain)
  const types = contract.definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
  const reveal = listApplications(domain, 'reveals').map(({ place }) => place.split('.', 1)[0] ?? '')
  const swapped = [...new Set(reveal)].map((input): ChangedSdl => {
    const copy = print(contract.definitions.find((node) => 'name' in node && node.name?.value === input) as ASTNode)
    const bare = copy.replaceAll(/ @reveals\(field: "[^"]+"\)/g, '').replace(input, `${input}Bare`)
    const changed = visit(contract, {
      InputValueDefinition: (node) =>
        named(node.type) === input
          ? { ...node, type: parseType(print(node.type).replace(input, `${input}Bare`)) }
          : undefined,
    })
    return { domain, name: `${input}: a copy of it without @reveals is taken`, sdl: `${print(changed)}\n${bare}` }
  })
  const guarded = types.filter(({ directives = [] }) => directives.some(({ name }) => name.value === 'requiresScopes'))
  const scalars = guarded.map(
    (node): ChangedSdl => ({
      ...{ domain, name: `${node.name.value}: a scalar without rules` },
      sdl: print(replace(contract, node, parse(`scalar ${node.name.value}`).definitions[0] as ASTNode)),
    }),
  )
  const query = types.find(({ name }) => name.value === 'Query')
  const open = query && withoutRules(query, 'OpenQuery')
  const renamed = open && `${print(replace(contract, query, open))}\nextend schema { query: OpenQuery }`
  return [
    ...swapped,
    ...scalars,
    ...(renamed ? [{ domain, name: 'the root type has another name and no rules', sdl: renamed }] : []),
  ]
}

/** A second definition without the rule, of which some tools take the last. */
function listDoubled(domain: Domain): readonly ChangedSdl[] {
  const guarded = listGuarded(domain)
  return guarded.flatMap(({ place, node, directive }): readonly ChangedSdl[] => {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
      const open = { ...node, directives: [] }
      return [{ domain, name: `${place}: a second time, without rules`, sdl: `${domainSdl(domain)}\n${print(open)}` }]
    }
    const [type = ''] = place.split('.')
    const open = print({ ...node, directives: [] })
    const isFirst = node.directives?.find(({ name }) => ['requiresScopes', 'policy'].includes(name.value)) === directive
    const [argument] = directive.arguments ?? []
    const twice = argument && {
      ...directive,
      arguments: [argument, ...(readDirective(`@x(${argument.name.value}: [["anybody"]])`).arguments ?? [])],
    }
    return [
      ...(isFirst
        ? [
            {
              domain,
              name: `${place}: a second time, without rules`,
              sdl: `${domainSdl(domain)}\nextend type ${type} { ${open} }`,
            },
          ]
        : []),
      ...(twice === undefined
        ? []
        : [
            {
              ...{ domain, name: `${place}: the argument of @${directive.name.value} twice` },
              sdl: print(replace(contractOf(domain), node, withDirective(node, directive, twice as DirectiveNode))),
            },
          ]),
    ]
  })
}

/** Lists SDLs that do not say any more that something is personal data. */
export function listUnmarked(): readonly ChangedSdl[] {
  return DOMAINS.flatMap((domain) =>
    listApplications(domain, 'pii').map(({ place, node, directive }) => ({
      ...{ domain, name: `${place}: @pii removed` },
      sdl: print(replace(contractOf(domain), node, withDirective(node, directive, null))),
    })),
  )
}
