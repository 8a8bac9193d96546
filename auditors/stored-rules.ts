import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DocumentNode, Kind, parse, type TypeNode } from 'graphql'
import { z } from 'zod'
import type { CountryAccess } from '../contract/access/country-access.ts'
import { readNationalRules } from '../contract/access/national-rules.ts'
import { createPolicySet } from '../contract/access/policy-set.ts'
import { taskForceSchema } from '../contract/access/recognition.ts'
import { type RuleTable, readRuleTable } from '../contract/access/rule-table.ts'
import { SHA256 } from '../contract/audit-log/parts.ts'

/**
 * Reads the content store beside a log: supergraphs, countries' rules and policies, each under its SHA-256. A text whose hash is not its
 * name is rejected.
 */

/** A text is missing from the content store, or is not the stored one. A command that needs it cannot decide. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
  /** Whether a file has the name, but another text. */
  readonly isDamaged: boolean

  constructor(message: string, isDamaged = false) {
    super(message)
    this.isDamaged = isDamaged
  }
}

/** The rules of a country at a past time. */
export interface StoredRules {
  readonly access: CountryAccess
  /** The rules of the country's own SDL as gateway and node read them, for each domain in which it has one. */
  readonly own: ReadonlyMap<string, RuleTable>
}

/** A supergraph of a past time. */
export type StoredGraph = ReturnType<typeof readGraph>

/** Reads the texts of a content store, by their SHA-256 in hex. Rejects with a NotStoredError. */
export type ContentStore = ReturnType<typeof openContentStore>

const accessDocument = z.strictObject({
  country: z.string(),
  taskForces: z.array(z.preprocess(modernTaskForce, taskForceSchema)),
  policySet: SHA256,
  sdl: z.record(z.string(), SHA256),
})

const oldTaskForce = z.strictObject({
  id: z.string(),
  issuers: z.array(z.string()),
  notAfter: z.string(),
  agencies: z.array(z.string()),
  purposes: z.array(z.string()),
  scopes: z.array(z.string()),
})

/** Turns a task force as version 0.2 stored it into the present form with the same meaning: each issuer may name each agency. */
function modernTaskForce(stored: unknown): unknown {
  const parsed = oldTaskForce.safeParse(stored)
  if (!parsed.success) return stored
  const { id, notAfter, issuers, ...member } = parsed.data
  return { id, notAfter, members: issuers.map((issuer) => ({ issuer, ...member })) }
}

/** Opens the content store in a folder. */
export function openContentStore(folder: string) {
  const read = async (name: string): Promise<string> => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => {
      throw new NotStoredError(`${name} is not in the content store ${folder}`)
    })
    if (hash('sha256', text) !== name)
      throw new NotStoredError(`${name} in ${folder} does not have the SHA-256 that its name says`, true)
    return text
  }
  return {
    rules: async (name: string) => {
      const { country, taskForces, policySet, sdl } = accessDocument.parse(JSON.parse(await read(name)))
      const tables = Object.entries(sdl).map(async ([domain, file]): Promise<[string, RuleTable]> => {
        return [domain, readNationalRules(parse(await read(file), { noLocation: true }))]
      })
      const access = { country, taskForces, policies: createPolicySet(country, await read(policySet)) }
      return { access, own: new Map(await Promise.all(tables)) }
    },
    /** The texts of a country's own SDLs, by domain. */
    sdl: async (name: string) => {
      const { sdl } = accessDocument.parse(JSON.parse(await read(name)))
      const texts = Object.entries(sdl).map(async ([domain, file]) => [domain, await read(file)] as const)
      return new Map(await Promise.all(texts))
    },
    graph: async (name: string) => readGraph(parse(await read(name), { noLocation: true })),
    text: read,
  }
}

/** Reads a supergraph: its rules, and which domain resolves each field (specs.apollo.dev/join). */
function readGraph(document: DocumentNode) {
  const names = new Map<string, string>()
  const domains = new Map<string, ReadonlySet<string>>()
  const types = new Map<string, string>()
  for (const node of document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue
    for (const { name, directives } of node.values ?? []) {
      names.set(name.value, argumentOf(directives?.[0], 'name') ?? name.value)
    }
  }
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
    const ofType = graphsOf(node.directives ?? [], 'join__type', names)
    for (const field of node.fields ?? []) {
      const coordinate = `${node.name.value}.${field.name.value}`
      const own = graphsOf(field.directives ?? [], 'join__field', names)
      domains.set(coordinate, new Set(own.length > 0 ? own : ofType))
      types.set(coordinate, namedType(field.type))
    }
  }
  return {
    floor: readRuleTable(document),
    /** Returns the domains that resolve a field `Type.field`. */
    domainsOf: (coordinate: string) => domains.get(coordinate) ?? new Set(),
    /** Returns the name of the type that a field returns, without list and non-null. */
    returns: (coordinate: string): string | undefined => types.get(coordinate),
  }
}

type Directives = NonNullable<
  Extract<DocumentNode['definitions'][number], { kind: Kind.OBJECT_TYPE_DEFINITION }>['directives']
>

function graphsOf(directives: Directives, name: string, names: ReadonlyMap<string, string>): readonly string[] {
  return directives.flatMap((directive) => {
    const isExternal = argumentOf(directive, 'external') === 'true'
    const graph = argumentOf(directive, 'graph')
    return directive.name.value === name && graph !== undefined && !isExternal ? [names.get(graph) ?? graph] : []
  })
}

function argumentOf(directive: Directives[number] | undefined, name: string): string | undefined {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value
  return value !== undefined && 'value' in value ? String(value.value) : undefined
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}
