/** Lists the packs that `npm run pack` makes: one installable file for each of the four who run a part of Istmo. */

/** One file that can be installed without a registry. */
export interface Pack {
  /** The name after `@istmo/`; also the name of the file: `istmo-NAME-VERSION.tgz`. */
  readonly name: string
  /** The package's description, one sentence. */
  readonly description: string
  /** The module that the pack's `istmo` runs. The pack contains this module and everything that it imports. */
  readonly entry: string
}

/** The packs, in the order in which they are made. */
export const PACKS: readonly Pack[] = [
  {
    name: 'gateway',
    description: 'Istmo’s gateway: one question to several countries, and each country’s part of the answer.',
    entry: 'cli/packs/gateway.ts',
  },
  {
    name: 'node',
    description: 'Istmo’s national node: answers the gateway from one country’s database.',
    entry: 'cli/packs/node.ts',
  },
  {
    name: 'authority',
    description: 'Istmo’s mandate authority: says for one country who its officers are, and what they may ask.',
    entry: 'cli/packs/authority.ts',
  },
  {
    name: 'audit',
    description: 'Istmo’s tools for auditors: they verify the audit logs, search them and run a witness.',
    entry: 'cli/packs/audit.ts',
  },
]

/** The launcher, which runs on Node 20. Every pack contains it besides the entry. It is plain JavaScript. */
export const LAUNCHER = 'cli/launch.js'

/**
 * Packages from which a pack takes only these files, besides their licence files. GraphiQL’s page loads each of them as single files,
 * which already contain their dependencies. `*` matches the rest of a name. From the package of Node, a pack takes only the binary.
 */
export const ONLY_THESE_FILES: Readonly<Record<string, readonly string[]>> = {
  graphiql: ['graphiql.min.js', 'graphiql.min.css'],
  react: ['umd/react.production.min.js'],
  'react-dom': ['umd/react-dom.production.min.js'],
}
