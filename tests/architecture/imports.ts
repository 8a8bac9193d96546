import type { Module } from '../../tools/structure/modules.ts'

/** What may import what (ARCHITECTURE.md, Where things are). */

/** What passes between the rooms of the gateway, beside the rooms themselves: types only. */
const TYPES = 'gateway/types/'

/** Apollo's engine: its licence and its habits stay behind one wall (docs/decisions/0003-engine-behind-a-wall.md). */
const ENGINE = /^@apollo\/(gateway|query-planner|query-graphs|federation-internals|composition)(\/|$)/
const ENGINE_FOLDERS = ['gateway/plan/', 'composition/']

/** The doors by which the command line starts a process: it reaches into no other file of another folder. */
const DOORS = [
  'gateway/gateway-command.ts',
  'subgraphs/node-command.ts',
  'subgraphs/policy/policy-command.ts',
  'oversight/oversight-command.ts',
]

/**
 * Which folders and files a place may import from, from the narrowest place to the widest; the first that matches holds. A folder may
 * always import from itself. `undefined`: it may import any production code.
 */
const ALLOWED: readonly (readonly [place: string, allowed: readonly string[] | undefined])[] = [
  ['contract/', []],
  ['service/', ['contract/', 'audit/']],
  ['composition/', ['contract/']],
  // The index reads entries; the log under it does not care what an entry is.
  ['audit/index/', ['audit/', 'contract/']],
  ['audit/', []],
  [TYPES, ['contract/', 'service/authenticate/credentials.ts']],
  ['gateway/process/', ['contract/', 'service/', 'audit/', 'composition/', 'gateway/']],
  ['gateway/pipeline/', ['contract/', 'gateway/']],
  ['gateway/audit-log/', ['contract/', 'audit/', 'service/audit-log/', TYPES]],
  ['gateway/front/', ['contract/', 'service/http/', 'service/authenticate/credentials.ts', TYPES]],
  ['gateway/plan/', ['contract/', 'composition/supported-features.ts', 'composition/field-terms.ts', TYPES]],
  ['gateway/*/', ['contract/', TYPES]],
  ['gateway/', ['contract/', 'service/', 'gateway/']],
  ['subgraphs/kit/audit-log/', ['contract/', 'audit/', 'service/audit-log/', 'subgraphs/kit/']],
  // A node reads its country's file, and says what is wrong in it, as the gateway does.
  [
    'subgraphs/kit/',
    ['contract/', 'service/country-file.ts', 'service/yaml-file.ts', 'service/http/', 'service/audit-log/'],
  ],
  ['subgraphs/policy/', ['contract/', 'service/', 'subgraphs/kit/']],
  ['subgraphs/*/', ['contract/', 'subgraphs/kit/']],
  ['subgraphs/', ['contract/', 'service/', 'subgraphs/']],
  ['oversight/', ['contract/', 'service/', 'audit/']],
  ['cli/', ['contract/', 'service/', 'audit/', ...DOORS]],
  ['demo/', undefined],
  ['tools/', undefined],
]

/** Where a module of the project may look: prefixes of paths from the root, or undefined for anywhere. */
function allowedOf(path: string): readonly string[] | undefined {
  const entry = ALLOWED.find(([place]) => new RegExp(`^${place.replace('*', '[^/]+')}`).test(path))
  if (entry === undefined) return undefined
  const [place, allowed] = entry
  const own = place.endsWith('*/') ? path.split('/').slice(0, 2).join('/') : place.replace(/\/$/, '')
  return allowed && [...allowed, `${own}/`]
}

/** The imports of production code that its place does not allow, as `from → to`. */
export function strayImports(modules: readonly Pick<Module, 'path' | 'imports' | 'isTest'>[]): readonly string[] {
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path, imports }) => {
      const allowed = allowedOf(path)
      return imports
        .filter((to) => to.path !== undefined && isStray(path, to.path, allowed))
        .map((to) => `${path} → ${to.path}`)
    })
}

function isStray(from: string, to: string, allowed: readonly string[] | undefined): boolean {
  if (from.startsWith('tools/') && /^tools\/(?!.*\.test\.ts$)/.test(to)) return false
  if (/^(tests|bench|tools)\/|\.test\.ts$|(^|\/)testing\.ts$/.test(to)) return true
  return allowed !== undefined && !allowed.some((prefix) => to.startsWith(prefix))
}

/** The imports of Apollo's engine outside the plan room and composition, as `from → package`; tests and the bench may compare with it. */
export function engineImports(modules: readonly Pick<Module, 'path' | 'imports' | 'isTest'>[]): readonly string[] {
  return modules
    .filter(({ path, isTest }) => !isTest && !ENGINE_FOLDERS.some((folder) => path.startsWith(folder)))
    .flatMap(({ path, imports }) =>
      imports.filter(({ specifier }) => ENGINE.test(specifier)).map(({ specifier }) => `${path} → ${specifier}`),
    )
}
