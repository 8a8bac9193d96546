import { type DirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql'

/** The names under which a document uses the directives of the specs that it links (`@link`, specs.apollo.dev/link). */
export interface LinkedNames {
  /**
   * Returns the local names of a directive, without `@`. Its bare name is always one of them: a document that forgot the link still
   * means the rule. One rule too many only denies too much, but one rule too few would reveal data.
   */
  of(directive: string): ReadonlySet<string>
}

/** One `@link`. */
export interface Link {
  /** The name of the spec, such as `federation` or `requiresScopes`. */
  readonly spec: string
  /** The URL without the version: `https://specs.apollo.dev/federation`. */
  readonly identity: string
  /** Major and minor. */
  readonly version: readonly [major: number, minor: number]
  readonly as: string | undefined
  /** The local name of each imported element, both without `@`. */
  readonly imports: ReadonlyMap<string, string>
  readonly node: DirectiveNode
}

const SPEC_URL = /^(.*\/(\w+))\/v(\d+)\.(\d+)\/?$/

/** Lists the `@link` directives of a document that name a spec with its version. */
export function listLinks(document: DocumentNode): readonly Link[] {
  return document.definitions
    .filter((node) => node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
    .flatMap((node) => node.directives ?? [])
    .map(readLink)
    .filter((link) => link !== null)
}

/** Reads the `@link` directives of a subgraph's SDL or of a supergraph. */
export function readLinkedNames(document: DocumentNode): LinkedNames {
  const links = listLinks(document)
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
  const [, identity, spec, major, minor] = (typeof url === 'string' ? SPEC_URL.exec(url) : null) ?? []
  if (identity === undefined || spec === undefined) return null
  const entries = (Array.isArray(imports) ? imports : []).flatMap((item): [string, string][] => {
    if (typeof item === 'string') return [[bare(item), bare(item)]]
    const { name, as: alias } = (item ?? {}) as { name?: unknown; as?: unknown }
    return typeof name === 'string' ? [[bare(name), bare(typeof alias === 'string' ? alias : name)]] : []
  })
  const version = [Number(major), Number(minor)] as const
  return {
    spec,
    identity,
    version,
    imports: new Map(entries),
    node: directive,
    as: typeof as === 'string' ? as : undefined,
  }
}

function bare(name: string): string {
  return name.replace(/^@/, '')
}
