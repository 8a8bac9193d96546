import { globSync } from 'node:fs'

/** Lists the packs that `npm run pack` makes: one installable file for each of the four who run a part of Istmo. */

/** One file that can be installed without a registry. */
export interface Pack {
  /** The name after `@istmo/`; also the name of the file: `istmo-NAME-VERSION.tgz`. */
  readonly name: string
  /** The package's description, one sentence. */
  readonly description: string
  /** The module that the pack's `istmo` runs. The pack contains this module and everything that it imports. */
  readonly entry: string
  /** The page that whoever installed the pack reads first. */
  readonly page: string
  /** What a unit of systemd runs, by the names in `docs/systemd`, and other files that the role needs. */
  readonly files: readonly string[]
}

/**
 * Lists the files of the project that a pack contains for people, as paths from its root: the pages in English and Spanish, which name one another, and the
 * files of the role.
 */
export function listPackFiles(root: string, { files }: Pack): readonly string[] {
  const found = ['docs/*.md', 'docs/es/*.md', ...files].map((pattern) => globSync(pattern, { cwd: root }))
  const empty = found.findIndex((paths) => paths.length === 0)
  if (empty >= 0) throw new Error(`expected files for ${files[empty - 2] ?? 'docs'} of the pack; found none`)
  return found.flat().toSorted()
}

/** The packs, in the order in which they are made. */
export const PACKS: readonly Pack[] = [
  {
    name: 'gateway',
    description: 'Istmo’s gateway: one question to several countries, and each country’s part of the answer.',
    entry: 'cli/packs/gateway.ts',
    page: 'docs/running-a-gateway.md',
    files: ['supergraph.graphql', 'docs/systemd/istmo-{gateway,ca-renew,audit-daily}.*'],
  },
  {
    name: 'node',
    description: 'Istmo’s national node: answers the gateway from one country’s database.',
    entry: 'cli/packs/node.ts',
    page: 'docs/running-a-node.md',
    files: ['docs/systemd/istmo-{node,backup,doctor,sync,ca-renew,audit-daily,witness}.*'],
  },
  {
    name: 'authority',
    description: 'Istmo’s mandate authority: says for one country who its officers are, and what they may ask.',
    entry: 'cli/packs/authority.ts',
    page: 'docs/authority.md',
    files: ['docs/systemd/istmo-{authority,ca-renew,witness}.*'],
  },
  {
    name: 'audit',
    description: 'Istmo’s tools for auditors: they verify the audit logs, search them and run a witness.',
    entry: 'cli/packs/audit.ts',
    page: 'docs/auditing.md',
    files: ['docs/systemd/istmo-{oversight,witness,audit-daily}.*'],
  },
]

/** The launcher, which runs on Node 20. Every pack contains it besides the entry. It is plain JavaScript. */
export const LAUNCHER = 'cli/launch.js'

/**
 * Packages from which a pack takes only these files, besides their licence files. GraphiQL’s page loads each of them as single files,
 * which already contain their dependencies. `*` matches the rest of a name. From the package of Node, a pack takes only the binary.
 */
export const ONLY_THESE_FILES: Readonly<Record<string, readonly string[]>> = {
  '@fontsource-variable/inter': ['files/inter-latin-wght-normal.woff2'],
  graphiql: ['graphiql.min.js', 'graphiql.min.css'],
  react: ['umd/react.production.min.js'],
  'react-dom': ['umd/react-dom.production.min.js'],
}
