import { Kind, type ObjectTypeDefinitionNode, parse, type TypeNode } from 'graphql'
import { ascendingDateKey, descendingDateKey } from '../../contract/cursor.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'

/** What the contract lets a gateway ask of a country: its records by id, and its lists. The checks go through all of it. */

/** A type of records. */
export interface RecordType {
  readonly name: string
  readonly domain: Domain
  /** The field of `Query` that gives a record by its id; null if there is none. */
  readonly root: string | null
  /** The selection that reads what the record itself holds. */
  readonly fields: string
  /** Whether the domain adds only EVERY fields to the type: then each well-formed id is found. */
  readonly isStub: boolean
}

/** A list of the contract. */
export interface Connection {
  /** The coordinate: `Query.cases`, `Person.warrants`. */
  readonly coordinate: string
  readonly domain: Domain
  /** The type that has the field; null for `Query`. */
  readonly parent: string | null
  readonly field: string
  /** Its orders, the default first. */
  readonly orders: readonly string[]
  /** Whether `orderBy` names the order. */
  readonly takesOrder: boolean
  /** Whether the argument `countries` names who answers. */
  readonly takesCountries: boolean
  /** Its filters: the types of its arguments by name. */
  readonly filters: Readonly<Record<string, string>>
  /** The selection of a node. */
  readonly node: string
  /** Whether the id in a cursor is the id of the node. */
  readonly hasNodeIds: boolean
  /** For each order, the key of a node; an order that is absent has no key that a node shows. */
  readonly keys: Readonly<Record<string, (node: Readonly<Record<string, unknown>>) => string>>
}

/** The object types of a domain, by name. */
const typesOf = (domain: Domain): ReadonlyMap<string, ObjectTypeDefinitionNode> =>
  new Map(
    parse(domainSdl(domain)).definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
const TYPES: Readonly<Record<Domain, ReturnType<typeof typesOf>>> = {
  cases: typesOf('cases'),
  persons: typesOf('persons'),
  legal: typesOf('legal'),
}

/** Selects what an object of a type itself holds: all but its connections, and of another record the id. */
function selectAll(domain: Domain, typeName: string): string {
  const fields = TYPES[domain].get(typeName)?.fields ?? []
  return fields.flatMap(({ name, type }) => selectField(domain, name.value, namedTypeOf(type))).join(' ')
}

function selectField(domain: Domain, name: string, typeName: string): readonly string[] {
  const type = TYPES[domain].get(typeName)
  if (type === undefined) return [name]
  if (typeName.endsWith('Connection')) return []
  const isRecord = type.directives?.some((directive) => directive.name.value === 'key')
  return [`${name} { ${isRecord === true ? 'id' : selectAll(domain, typeName)} }`]
}

const namedTypeOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type)

const CASE = selectAll('cases', 'Case')
const WARRANT = selectAll('cases', 'Warrant')
const PARTICIPANT = selectAll('cases', 'Participant')
const STATUTE = selectAll('legal', 'Statute')
const MLA = selectAll('legal', 'MutualLegalAssistanceRequest')

/** The types of records, by domain. */
export const RECORD_TYPES: readonly RecordType[] = [
  { name: 'Case', domain: 'cases', root: 'case', fields: CASE, isStub: false },
  { name: 'Warrant', domain: 'cases', root: 'warrant', fields: WARRANT, isStub: false },
  { name: 'Person', domain: 'cases', root: null, fields: 'id', isStub: true },
  { name: 'Person', domain: 'persons', root: 'person', fields: selectAll('persons', 'Person'), isStub: false },
  { name: 'Statute', domain: 'legal', root: 'statute', fields: STATUTE, isStub: false },
  {
    name: 'LegalInstrument',
    domain: 'legal',
    root: 'legalInstrument',
    fields: selectAll('legal', 'LegalInstrument'),
    isStub: false,
  },
  { name: 'MutualLegalAssistanceRequest', domain: 'legal', root: 'mlaRequest', fields: MLA, isStub: false },
  { name: 'Case', domain: 'legal', root: null, fields: 'id', isStub: true },
]

/** The lists of root fields, from which the checks find the country's records. */
const ROOT_DEFAULTS = { parent: null, takesOrder: false, takesCountries: true, hasNodeIds: true, keys: {} } as const
const NESTED_DEFAULTS = { takesOrder: false, takesCountries: false, filters: {}, hasNodeIds: false, keys: {} } as const

const dayOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const filedKeys: Connection['keys'] = {
  FILED_ON_DESC: ({ filedOn }) => descendingDateKey(dayOf(filedOn)),
  FILED_ON_ASC: ({ filedOn }) => ascendingDateKey(dayOf(filedOn)),
  ID_ASC: () => '',
}
const issuedKeys: Connection['keys'] = { ISSUED_ON_DESC: ({ issuedOn }) => descendingDateKey(dayOf(issuedOn)) }
const idKeys: Connection['keys'] = { ID_ASC: () => '' }
const CASE_ORDERS = ['FILED_ON_DESC', 'FILED_ON_ASC', 'ID_ASC']

/** Each list of the contract but that of a search, which has checks of its own. */
export const CONNECTIONS: readonly Connection[] = [
  {
    ...ROOT_DEFAULTS,
    coordinate: 'Query.cases',
    domain: 'cases',
    field: 'cases',
    orders: CASE_ORDERS,
    takesOrder: true,
    filters: { filter: 'CaseFilter' },
    node: CASE,
    keys: filedKeys,
  },
  {
    ...ROOT_DEFAULTS,
    coordinate: 'Query.warrants',
    domain: 'cases',
    field: 'warrants',
    orders: ['ISSUED_ON_DESC'],
    filters: { filter: 'WarrantFilter' },
    node: WARRANT,
    keys: issuedKeys,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Case.warrants',
    domain: 'cases',
    parent: 'Case',
    field: 'warrants',
    orders: ['ISSUED_ON_DESC'],
    node: WARRANT,
    hasNodeIds: true,
    keys: issuedKeys,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Case.participants',
    domain: 'cases',
    parent: 'Case',
    field: 'participants',
    orders: ['ROW_ASC'],
    filters: { role: 'ParticipantRole' },
    node: PARTICIPANT,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Person.cases',
    domain: 'cases',
    parent: 'Person',
    field: 'cases',
    orders: CASE_ORDERS,
    takesOrder: true,
    takesCountries: true,
    node: CASE,
    hasNodeIds: true,
    keys: filedKeys,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Person.warrants',
    domain: 'cases',
    parent: 'Person',
    field: 'warrants',
    orders: ['ISSUED_ON_DESC'],
    takesCountries: true,
    filters: { status: 'WarrantStatus' },
    node: WARRANT,
    hasNodeIds: true,
    keys: issuedKeys,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Person.associates',
    domain: 'persons',
    parent: 'Person',
    field: 'associates',
    orders: ['ROW_ASC'],
    node: selectAll('persons', 'Associate'),
  },
  {
    ...ROOT_DEFAULTS,
    coordinate: 'Query.statutes',
    domain: 'legal',
    field: 'statutes',
    orders: ['ID_ASC'],
    filters: { iccs: '[IccsCode!]' },
    node: STATUTE,
    keys: idKeys,
  },
  {
    ...ROOT_DEFAULTS,
    coordinate: 'Query.mlaRequests',
    domain: 'legal',
    field: 'mlaRequests',
    orders: ['ID_ASC'],
    filters: { requestedCountry: 'CountryCode', status: '[MlaStatus!]' },
    node: MLA,
    keys: idKeys,
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'LegalInstrument.articles',
    domain: 'legal',
    parent: 'LegalInstrument',
    field: 'articles',
    orders: ['ROW_ASC'],
    node: selectAll('legal', 'Article'),
  },
  {
    ...NESTED_DEFAULTS,
    coordinate: 'Case.mlaRequests',
    domain: 'legal',
    parent: 'Case',
    field: 'mlaRequests',
    orders: ['ID_ASC'],
    takesCountries: true,
    node: MLA,
    hasNodeIds: true,
    keys: idKeys,
  },
]

/** Victims and witnesses of a case. A caller needs more rights for it than for the other lists. */
export const PROTECTED_PARTICIPANTS: Connection = {
  ...NESTED_DEFAULTS,
  coordinate: 'Case.protectedParticipants',
  domain: 'cases',
  parent: 'Case',
  field: 'protectedParticipants',
  orders: ['ROW_ASC'],
  node: PARTICIPANT,
}
