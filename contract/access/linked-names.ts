import { type DirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql'

/** The names under which a document uses the directives of the specs that it links (`@link`, specs.apollo.dev/link). */
export interface LinkedNames {
  /**
   * Returns the local names of a directive, without `@`. Its bare name is always one of them: a document that forgot the link still
   * means the rule. One rule too many only denies too much, but one rule too few would reveal data.
   */
  of(directive: string): ReadonlySet<string>
}

interface Link {
  /** The name of the spec, such as `federation` or `requiresScopes`. */
  readonly spec: string
  readonly as: string | undefined
  readonly imports: ReadonlyMap<string, string>
}

const SPEC_URL = /\/(\w+)\/v\d+\.\d+\/?$/

/** Reads the `@link` directives of a subgraph's SDL or of a supergraph. */
export function readLinkedNames(document: DocumentNode): LinkedNames {
  const links = document.definitions
    .filter((node) => node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
    .flatMap((node) => node.directives ?? [])
    .map(readLink)
    .filter((link) => link !== null)
  return {
    of(directive) {
      const names = new Set([directive])
      for (const link of links) {
        const imported = link.imports.get(directive)
        if (imported !== undefined) names.add(imported)
        if (link.spec === directive) names.add(link.as ?? link.spec)
        names.add(`${link.as ?? link.spec}__${directive}`)
      }
      return names
    },
  }
}

/** Returns the arguments of a directive as plain values, by name. */
export function directiveArguments(directive: DirectiveNode): Record<string, unknown> {
  return Object.fromEntries(
    (directive.arguments ?? []).map((node) => [node.name.value, valueFromASTUntyped(node.value)]),
  )
}

function readLink(directive: DirectiveNode): Link | null {
  const { url, as, import: imports } = directiveArguments(directive)
  const spec = typeof url === 'string' ? SPEC_URL.exec(url)?.[1] : undefined
  if (spec === undefined) return null
  const entries = (Array.isArray(imports) ? imports : []).flatMap((item): [string, string][] => {
    if (typeof item === 'string') return [[bare(item), bare(item)]]
    const { name, as: alias } = (item ?? {}) as { name?: unknown; as?: unknown }
    return typeof name === 'string' ? [[bare(name), bare(typeof alias === 'string' ? alias : name)]] : []
  })
  return { spec, as: typeof as === 'string' ? as : undefined, imports: new Map(entries) }
}

function bare(name: string): string {
  return name.replace(/^@/, '')
}
