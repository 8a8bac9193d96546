import type { Module } from './modules.ts'

/** What may import what (architecture.md, One request, one way; style.md, Room). */

/** What passes between the rooms, beside the rooms themselves: types alone. */
const FLOW = ['gateway/flow.ts', 'gateway/planned.ts']

/** What the auditors' process has in common with a gateway: who is believed, and how a request is read and refused. */
const OVERSIGHT_SHARES = [
  'gateway/authenticate/authenticate.ts',
  'gateway/flow.ts',
  'gateway/front/credentials.ts',
  'gateway/front/json-response.ts',
  'gateway/front/read-body.ts',
  'gateway/issuers.ts',
  'gateway/record/document.ts',
]

/** Apollo's engine: its licence and its habits stay behind one wall (architecture.md, decision 6). */
const ENGINE = /^@apollo\/(gateway|query-planner|query-graphs|federation-internals|composition)(\/|$)/

/** Where a module of the project may look: prefixes of paths from the root, or undefined for anywhere. */
function allowedOf(path: string): readonly string[] | undefined {
  const [folder = '', room = '', inRoom] = path.split('/')
  if (folder === 'contract') return ['contract/']
  // The index reads entries; the log under it does not care what an entry is.
  if (path.startsWith('audit/index/')) return ['audit/', 'contract/']
  if (folder === 'audit') return ['audit/']
  // The log knows nothing of gateways: the record room is where its entries are made, the kit's where a country's are.
  if (path.startsWith('gateway/record/')) return ['contract/', 'audit/', ...FLOW, 'gateway/record/']
  if (path.startsWith('subgraphs/kit/record/')) return ['contract/', 'audit/', 'subgraphs/kit/']
  if (folder === 'gateway' && inRoom !== undefined) return ['contract/', ...FLOW, `gateway/${room}/`]
  if (folder === 'gateway' && FLOW.includes(path)) return ['contract/', ...FLOW]
  if (folder === 'gateway') return ['contract/', 'gateway/', 'audit/']
  if (folder === 'oversight') return ['contract/', 'audit/', 'oversight/', ...OVERSIGHT_SHARES]
  if (folder === 'subgraphs' && inRoom !== undefined) return ['contract/', 'subgraphs/kit/', `subgraphs/${room}/`]
  if (folder === 'subgraphs') return ['contract/', 'subgraphs/']
  return undefined
}

/** The imports of production code that its place does not allow, as `from → to`. */
export function strayImports(modules: readonly Pick<Module, 'path' | 'imports' | 'isTest'>[]): readonly string[] {
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path, imports }) => {
      const allowed = allowedOf(path)
      return imports
        .filter((to) => to.path !== undefined && isStray(to.path, allowed))
        .map((to) => `${path} → ${to.path}`)
    })
}

function isStray(to: string, allowed: readonly string[] | undefined): boolean {
  if (/^(tests|bench)\/|\.test\.ts$|(^|\/)testing\.ts$/.test(to)) return true
  return allowed !== undefined && !allowed.some((prefix) => to.startsWith(prefix))
}

/** The imports of Apollo's engine outside the plan room, as `from → package`; tests and the bench may compare with it. */
export function engineImports(modules: readonly Pick<Module, 'path' | 'imports' | 'isTest'>[]): readonly string[] {
  return modules
    .filter(({ path, isTest }) => !isTest && !path.startsWith('gateway/plan/'))
    .flatMap(({ path, imports }) =>
      imports.filter(({ specifier }) => ENGINE.test(specifier)).map(({ specifier }) => `${path} → ${specifier}`),
    )
}
