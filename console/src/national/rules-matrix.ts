/**
 * A country's rules as a matrix: for each field, what each task force may read for each purpose, and where the gateway's copy differs. It is read
 * out of a file of `istmo policy diff OWN GATEWAY --all --json`, which compares the rules themselves (subgraphs/policy/policy-diff.ts).
 */

/** A row of the comparison. */
export interface ComparedRow {
  readonly what: string
  readonly verdict: 'equal' | 'tighter' | 'looser' | 'different'
  readonly here: string
  readonly there: string
}

/** The comparison of the own rules with those that a gateway has. */
export interface ComparedRules {
  /** How many rows were compared. A file without `--all` has only those that differ. */
  readonly compared: number
  readonly rows: readonly ComparedRow[]
}

const VERDICTS = ['equal', 'tighter', 'looser', 'different'] as const

/** Reads the comparison; null if the value has another form. */
export function readComparedRules(value: unknown): ComparedRules | null {
  const { compared, rows } = Object(value) as { readonly compared?: unknown; readonly rows?: unknown }
  if (typeof compared !== 'number' || !Array.isArray(rows) || !rows.every(isRow)) return null
  return { compared, rows }
}

function isRow(row: unknown): row is ComparedRow {
  const { what, verdict, here, there } = Object(row) as Readonly<Record<string, unknown>>
  const isVerdict = VERDICTS.some((each) => each === verdict)
  return isVerdict && [what, here, there].every((text) => typeof text === 'string')
}

/** What a task force may read for a purpose: one agency's part of it. */
interface Grant {
  readonly taskForce: string
  readonly agency: string
  readonly purpose: string
  readonly scope: string
}

/**
 * How a field is open to a task force for a purpose. `ALL`: to each of its agencies; `SOME`: to those that are named; `NONE`: to none of them. `POLICY`: the
 * scopes suffice, and a policy of the country decides each time.
 */
export interface MatrixCell {
  readonly state: 'ALL' | 'SOME' | 'NONE' | 'POLICY'
  /** The agencies whose scopes suffice. */
  readonly agencies: readonly string[]
}

/** A field of the matrix. */
export interface MatrixRow {
  readonly domain: string
  /** Such as `Person.birthDate`. */
  readonly coordinate: string
  /** What the own rules demand, as the command words it. */
  readonly own: string
  readonly isPublished: boolean
  readonly verdict: ComparedRow['verdict']
  /** What the gateway's copy demands. */
  readonly gateway: string
  /** By {@link Matrix.columns}. */
  readonly cells: readonly MatrixCell[]
}

/** The matrix. */
export interface Matrix {
  readonly columns: readonly { readonly taskForce: string; readonly purpose: string }[]
  readonly rows: readonly MatrixRow[]
  /** Rows that differ and are about no field: task forces, policies, quotas. */
  readonly otherDifferences: readonly ComparedRow[]
  /** Whether the file has the rows that are equal too. Without them the matrix would lack most fields. */
  readonly isWhole: boolean
}

/** Makes the matrix. */
export function makeMatrix({ compared, rows }: ComparedRules): Matrix {
  const grants = rows.flatMap(readGrant)
  const columns = [...new Map(grants.map((each) => [`${each.taskForce} ${each.purpose}`, each])).values()]
    .map(({ taskForce, purpose }) => ({ taskForce, purpose }))
    .toSorted((one, other) => compare(one.taskForce, other.taskForce) || compare(one.purpose, other.purpose))
  const fields = rows.flatMap((row): readonly MatrixRow[] => {
    const [, domain, coordinate] = /^([a-z][\w-]*) (\w+\.\w+)$/.exec(row.what) ?? []
    if (domain === undefined || coordinate === undefined) return []
    const isPublished = row.here !== 'not published'
    const cells = columns.map((column) =>
      decideCell(
        row.here,
        grants.filter((each) => isOf(each, column)),
      ),
    )
    const { verdict, here: own, there: gateway } = row
    return [{ domain, coordinate, own, isPublished, verdict, gateway, cells }]
  })
  const isField = ({ what }: ComparedRow): boolean => /^[a-z][\w-]* \w+\.\w+$/.test(what)
  const otherDifferences = rows.filter((row) => row.verdict !== 'equal' && !isField(row))
  return { columns, rows: fields, otherDifferences, isWhole: rows.length === compared }
}

/** Reads a grant, such as `jtf-2026-03: GT GT-MP, INVESTIGATION, case:read`, if the own rules recognise it. */
function readGrant({ what, here }: ComparedRow): readonly Grant[] {
  const [, taskForce, agency, purpose, scope] = /^(.+?): ([A-Z]{2} .+), ([A-Z_]+), (\S+)$/.exec(what) ?? []
  if (taskForce === undefined || agency === undefined || purpose === undefined || scope === undefined) return []
  return here.startsWith('until ') ? [{ taskForce, agency, purpose, scope }] : []
}

function isOf(grant: Grant, { taskForce, purpose }: { readonly taskForce: string; readonly purpose: string }): boolean {
  return grant.taskForce === taskForce && grant.purpose === purpose
}

function decideCell(rule: string, grants: readonly Grant[]): MatrixCell {
  const needed = readNeededScopes(rule)
  if (needed === null) return { state: 'NONE', agencies: [] }
  const scopes = Map.groupBy(grants, ({ agency }) => agency)
  const agencies = [...scopes].flatMap(([agency, own]) => {
    const has = new Set(own.map(({ scope }) => scope))
    return needed.every((oneOf) => oneOf.some((all) => all.every((scope) => has.has(scope)))) ? [agency] : []
  })
  if (agencies.length === 0) return { state: 'NONE', agencies }
  if (rule.includes('policies ')) return { state: 'POLICY', agencies }
  return { state: agencies.length === scopes.size ? 'ALL' : 'SOME', agencies }
}

/**
 * Reads the scopes that a rule demands: of each requirement one alternative, and of an alternative all scopes. Null if the field is not published.
 * A rule is worded as `authenticated and scopes case:read+person:read or case:all and policies p`.
 */
function readNeededScopes(rule: string): readonly (readonly (readonly string[])[])[] | null {
  if (rule === 'not published') return null
  return rule.split(' and ').flatMap((part) => {
    const [, names] = /^scopes (.+)$/.exec(part) ?? []
    return names === undefined ? [] : [names.split(' or ').map((all) => all.split('+'))]
  })
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
