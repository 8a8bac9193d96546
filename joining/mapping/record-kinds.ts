/**
 * What a mapping can fill: the kinds of records with their tables, and what each key of a section takes. The parser, the JSON Schema for editors and
 * `istmo map` all follow these tables; a test compares them with the migrations and with the contract's enums.
 */
import type { Cell, FieldType, NOW, RecordKindName } from './mapping.ts'

/** A key of a section that fills a column. */
export interface FieldSpec {
  /** The key in the mapping: the contract's name of the field, where it has one. */
  readonly key: string
  readonly column: string
  readonly type: FieldType
  /** Whether the contract has no record without it. */
  readonly isRequired?: true
  /** What fills it if the mapping does not say. */
  readonly standard?: Standard
  /** What it is, for the schema and the page. */
  readonly meaning: string
}

/**
 * What fills a column that the mapping does not name: a value; the country's own code (`own-country`); the `since` of the feed, else the moment of the
 * run (`changed`); the given names and surnames (`names`).
 */
export type Standard = { readonly value: Cell | typeof NOW } | 'own-country' | 'changed' | 'names'

/** A kind of records. */
export interface KindSpec {
  readonly name: RecordKindName
  /** The key in the mapping. */
  readonly key: string
  readonly table: string
  /** The columns of the primary key. */
  readonly primaryKey: readonly string[]
  readonly fields: readonly FieldSpec[]
  /** What hangs on a parent. `key` is the key of a section of its own that says which. */
  readonly parent?: { readonly kind: RecordKindName; readonly key: string; readonly column: string }
  /** The column that the loader counts if the mapping does not give it. */
  readonly counted?: string
  /** The column that the loader derives if the mapping does not give it. */
  readonly derived?: string
  readonly meaning: string
}

const TEXT: FieldType = { kind: 'text' }
const DATE: FieldType = { kind: 'date' }
const MOMENT: FieldType = { kind: 'moment' }
const BOOLEAN: FieldType = { kind: 'boolean' }
const WHOLE: FieldType = { kind: 'whole' }
const ID: FieldType = { kind: 'id' }
const ROW_ID: FieldType = { kind: 'rowId' }
const COUNTRY: FieldType = { kind: 'country' }
const SUBDIVISION: FieldType = { kind: 'subdivision' }
const ICCS: FieldType = { kind: 'iccs' }

const enumOf = (values: string): FieldType => ({ kind: 'enum', values: values.split(' ') })
const listOf = (of: FieldType): FieldType => ({ kind: 'list', of })
const referenceTo = (to: RecordKindName): FieldType => ({ kind: 'reference', to })

const HANDLING = listOf(enumOf('H0 H1 H2 H3'))

const needed = (key: string, column: string, type: FieldType, meaning: string, standard?: Standard): FieldSpec => ({
  key,
  column,
  type,
  isRequired: true,
  meaning,
  ...(standard !== undefined && { standard }),
})
const free = (key: string, column: string, type: FieldType, meaning: string, standard?: Standard): FieldSpec => ({
  key,
  column,
  type,
  meaning,
  ...(standard !== undefined && { standard }),
})

/** The provenance of a record. `provenance:` at the top of a mapping says it for all sections at once. */
export const PROVENANCE_FIELDS: readonly FieldSpec[] = [
  needed('agency', 'agency', TEXT, 'the agency that holds the record', 'own-country'),
  needed('handling', 'handling', HANDLING, 'how the receiver may use it: H0, H1, H2, H3'),
  free('handlingNote', 'handling_note', TEXT, 'other limits, in words'),
  free('sourceReliability', 'source_reliability', enumOf('A B C X'), 'how reliable the source is'),
  free('informationAccuracy', 'information_accuracy', enumOf('ONE TWO THREE FOUR'), 'how accurate the information is'),
  needed('recordedAt', 'recorded_at', MOMENT, 'when it was recorded', 'changed'),
  free('reviewBy', 'review_by', DATE, 'the day by which it is reviewed'),
  needed('synthetic', 'synthetic', BOOLEAN, 'whether it is made up: no such record exists', { value: false }),
]

/** Whom a record is shared with. */
export const SHARED_WITH: FieldSpec = free(
  'sharedWith',
  'shared_with',
  listOf(TEXT),
  'the task forces that may see it; "*" is every task force that the country recognises. Without it, nobody sees the record',
)

const SHARED_PROVENANCE = [...PROVENANCE_FIELDS, SHARED_WITH]

const ordinal = (of: string): FieldSpec => free('ordinal', 'ordinal', WHOLE, `its place among the ${of}, from 1`)
const rowId = free('id', 'row_id', ROW_ID, 'the row’s own id in the old table, so that pages keep their order')

const CASE_KINDS: readonly KindSpec[] = [
  {
    name: 'cases',
    key: 'cases',
    table: 'cases.case_file',
    primaryKey: ['id'],
    meaning: 'criminal cases',
    fields: [
      needed('id', 'id', ID, 'the number of the case'),
      free('trackingId', 'tracking_id', TEXT, 'the number by which others follow it'),
      free('category', 'category', enumOf('COMPLAINT INVESTIGATION PROSECUTION COURT APPEAL ASSET_FORFEITURE'), 'what kind of case it is'),
      free('status', 'status', enumOf('OPEN SUSPENDED CHARGED IN_TRIAL ADJUDICATED ARCHIVED'), 'how far it is'),
      free('filedOn', 'filed_on', DATE, 'the day on which it was filed'),
      free('closedOn', 'closed_on', DATE, 'the day on which it was closed'),
      free('subdivision', 'subdivision', SUBDIVISION, 'where it happened, ISO 3166-2'),
      free('court', 'court', TEXT, 'the court'),
      free('prosecutor', 'prosecutor', TEXT, 'the prosecutor'),
      free('narrative', 'narrative', TEXT, 'the facts, in words'),
      ...SHARED_PROVENANCE,
    ],
  },
  {
    name: 'cases.offences',
    key: 'offences',
    table: 'cases.offence',
    primaryKey: ['case_id', 'ordinal'],
    parent: { kind: 'cases', key: 'case', column: 'case_id' },
    counted: 'ordinal',
    meaning: 'the charges of a case',
    fields: [
      ordinal('charges of the case'),
      needed('iccs', 'iccs', ICCS, 'the code of the ICCS'),
      needed('label', 'national_label', TEXT, 'what national law calls it'),
      free('statute', 'statute_id', referenceTo('statutes'), 'the article that the charge rests on'),
      free('attempted', 'attempted', BOOLEAN, 'whether it was only attempted'),
      free('committedFrom', 'committed_from', DATE, 'the first day on which it can have happened'),
      free('committedTo', 'committed_to', DATE, 'the last day on which it can have happened'),
      free('organisedCrime', 'organised_crime', BOOLEAN, 'whether a group is charged with it'),
      free('disposition', 'disposition', enumOf('PENDING CONVICTED ACQUITTED DISMISSED WITHDRAWN'), 'what became of the charge'),
    ],
  },
  {
    name: 'cases.participants',
    key: 'participants',
    table: 'cases.participant',
    primaryKey: ['row_id'],
    parent: { kind: 'cases', key: 'case', column: 'case_id' },
    derived: 'row_id',
    meaning: 'who takes part in a case',
    fields: [
      rowId,
      needed('role', 'role', enumOf('SUBJECT SUSPECT ACCUSED CONVICTED WITNESS VICTIM'), 'as what the person takes part'),
      free('person', 'person_id', referenceTo('persons'), 'the person, of any country'),
      free('sinceDate', 'since', DATE, 'the first day of the part'),
      free('untilDate', 'until', DATE, 'the last day of the part'),
    ],
  },
  {
    name: 'cases.linkedCases',
    key: 'linkedCases',
    table: 'cases.linked_case',
    primaryKey: ['case_id', 'linked_id'],
    parent: { kind: 'cases', key: 'case', column: 'case_id' },
    meaning: 'cases of any country that a case is linked to',
    fields: [needed('linkedCase', 'linked_id', referenceTo('cases'), 'the other case, of any country')],
  },
  {
    name: 'warrants',
    key: 'warrants',
    table: 'cases.warrant',
    primaryKey: ['id'],
    meaning: 'warrants',
    fields: [
      needed('id', 'id', ID, 'the number of the warrant'),
      free('case', 'case_id', referenceTo('cases'), 'the case that it belongs to'),
      needed('category', 'category', enumOf('ARREST SEARCH SURVEILLANCE FREEZING'), 'what it allows'),
      needed('status', 'status', enumOf('ACTIVE EXECUTED RECALLED EXPIRED'), 'whether it is in force'),
      needed('issuedOn', 'issued_on', DATE, 'the day on which it was issued'),
      free('expiresOn', 'expires_on', DATE, 'its last day'),
      free('issuingCourt', 'issuing_court', TEXT, 'the court that issued it'),
      free('subject', 'subject_id', referenceTo('persons'), 'the person whom it names, of any country'),
      free('extraditionRequested', 'extradition_requested', BOOLEAN, 'whether extradition was requested'),
      ...SHARED_PROVENANCE,
    ],
  },
]

const personChild = { kind: 'persons', key: 'person', column: 'person_id' } as const

const PERSON_KINDS: readonly KindSpec[] = [
  {
    name: 'persons',
    key: 'persons',
    table: 'persons.person',
    primaryKey: ['id'],
    meaning: 'persons, as the country knows them',
    fields: [
      needed('id', 'id', ID, 'the number of the person’s record'),
      free('birthDate', 'birth_date', DATE, 'the day of birth'),
      free('birthPlace', 'birth_place', TEXT, 'the place of birth'),
      free('sex', 'sex', enumOf('F M X U'), 'F, M, X or U'),
      free('nationalities', 'nationalities', listOf(COUNTRY), 'the countries of nationality'),
      needed('protected', 'protected', BOOLEAN, 'whether no search may find the person: a minor. Who is only a victim or a witness is protected by `sync`', {
        value: false,
      }),
      ...SHARED_PROVENANCE,
    ],
  },
  {
    name: 'persons.names',
    key: 'names',
    table: 'persons.person_name',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: 'the names of a person',
    fields: [
      ordinal('names of the person'),
      needed('category', 'category', enumOf('LEGAL ALIAS MAIDEN NICKNAME'), 'what kind of name it is', { value: 'LEGAL' }),
      needed('full', 'full_name', TEXT, 'the whole name', 'names'),
      free('givenNames', 'given_names', listOf(TEXT), 'the given names'),
      free('surnames', 'surnames', listOf(TEXT), 'the surnames, in their order'),
    ],
  },
  {
    name: 'persons.identifiers',
    key: 'identifiers',
    table: 'persons.identifier',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: 'the numbers of a person’s documents',
    fields: [
      ordinal('identifiers of the person'),
      needed('category', 'category', enumOf('NATIONAL_ID PASSPORT TAX_ID DRIVER_LICENCE RESIDENCE_PERMIT OTHER'), 'what kind of document it is'),
      needed('jurisdiction', 'jurisdiction', COUNTRY, 'the country that issued it', 'own-country'),
      needed('value', 'value', TEXT, 'the number'),
      free('issuedOn', 'issued_on', DATE, 'the day on which it was issued'),
      free('expiresOn', 'expires_on', DATE, 'its last day'),
    ],
  },
  {
    name: 'persons.addresses',
    key: 'addresses',
    table: 'persons.address',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: 'the addresses of a person',
    fields: [
      ordinal('addresses of the person'),
      free('line', 'line', TEXT, 'street and number'),
      free('subdivision', 'subdivision', SUBDIVISION, 'the part of the country, ISO 3166-2'),
      needed('country', 'country', COUNTRY, 'the country', 'own-country'),
    ],
  },
  {
    name: 'persons.associates',
    key: 'associates',
    table: 'persons.associate',
    primaryKey: ['row_id'],
    parent: personChild,
    derived: 'row_id',
    meaning: 'persons with whom a person is seen',
    fields: [
      rowId,
      free('associate', 'associate_id', referenceTo('persons'), 'the other person, of any country'),
      needed('relationship', 'relationship', TEXT, 'what the two are to each other'),
      ...PROVENANCE_FIELDS,
    ],
  },
  {
    name: 'persons.memberships',
    key: 'memberships',
    table: 'persons.membership',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: 'the groups that a person belongs to',
    fields: [
      ordinal('memberships of the person'),
      needed('group', 'group_name', TEXT, 'the group'),
      free('role', 'role', TEXT, 'as what the person belongs to it'),
      free('sinceDate', 'since', DATE, 'the first day of the membership'),
      free('untilDate', 'until', DATE, 'the last day of the membership'),
    ],
  },
  {
    name: 'persons.sameAs',
    key: 'sameAs',
    table: 'persons.same_as',
    primaryKey: ['person_id', 'other_id'],
    parent: personChild,
    meaning: 'records of other countries that are the same person. Only a person can decide that: see `istmo link`',
    fields: [needed('other', 'other_id', referenceTo('persons'), 'the record of the other country, with its code: HN:P-12')],
  },
]

const LEGAL_KINDS: readonly KindSpec[] = [
  {
    name: 'statutes',
    key: 'statutes',
    table: 'legal.statute',
    primaryKey: ['id'],
    meaning: 'articles of national law',
    fields: [
      needed('id', 'id', ID, 'code and section: CP:407'),
      free('code', 'code', TEXT, 'the code of law'),
      free('section', 'section', TEXT, 'the number of the article'),
      free('heading', 'heading', TEXT, 'its heading'),
      free('text', 'body', TEXT, 'its text'),
      free('iccs', 'iccs', listOf(ICCS), 'the codes of the ICCS that it covers'),
      free('maxPenaltyMonths', 'max_penalty_months', WHOLE, 'the maximum penalty, in months'),
      free('inForceFrom', 'in_force_from', DATE, 'its first day in force'),
      free('repealedOn', 'repealed_on', DATE, 'the day on which it was repealed'),
    ],
  },
  {
    name: 'instruments',
    key: 'instruments',
    table: 'legal.instrument',
    primaryKey: ['id'],
    meaning: 'treaties and agreements',
    fields: [
      needed('id', 'id', ID, 'the reference of the treaty'),
      free('title', 'title', TEXT, 'its title'),
      free('kind', 'kind', enumOf('TREATY PROTOCOL REGIONAL_TREATY BILATERAL AGREEMENT DOMESTIC_LAW'), 'what kind of instrument it is'),
      free('adoptedOn', 'adopted_on', DATE, 'the day on which it was adopted'),
    ],
  },
  {
    name: 'instruments.articles',
    key: 'articles',
    table: 'legal.article',
    primaryKey: ['instrument_id', 'ordinal'],
    parent: { kind: 'instruments', key: 'instrument', column: 'instrument_id' },
    counted: 'ordinal',
    meaning: 'the articles of a treaty',
    fields: [
      ordinal('articles of the treaty'),
      needed('number', 'number', TEXT, 'the number of the article'),
      free('heading', 'heading', TEXT, 'its heading'),
      needed('text', 'body', TEXT, 'its text'),
    ],
  },
  {
    name: 'instruments.participations',
    key: 'participations',
    table: 'legal.participation',
    primaryKey: ['instrument_id', 'country'],
    parent: { kind: 'instruments', key: 'instrument', column: 'instrument_id' },
    meaning: 'which states signed a treaty, and when it bound them',
    fields: [
      needed('country', 'country', COUNTRY, 'the state'),
      free('signedOn', 'signed_on', DATE, 'the day of its signature'),
      free('boundOn', 'bound_on', DATE, 'the day of its binding act'),
      free('action', 'action', enumOf('RATIFICATION ACCESSION ACCEPTANCE APPROVAL SUCCESSION'), 'the kind of its binding act'),
    ],
  },
  {
    name: 'mlaRequests',
    key: 'mlaRequests',
    table: 'legal.mla_request',
    primaryKey: ['id'],
    meaning: 'requests for mutual legal assistance that the country makes',
    fields: [
      needed('id', 'id', ID, 'the number of the request'),
      needed('requestedCountry', 'requested_country', COUNTRY, 'the country that is asked'),
      free('requestingAuthority', 'requesting_authority', TEXT, 'the authority that asks'),
      free('legalBasis', 'legal_basis_id', referenceTo('instruments'), 'the treaty, with its owner’s code: UN:XVIII-12'),
      free('legalBasisArticle', 'legal_basis_article', TEXT, 'the article of the treaty'),
      free('case', 'case_id', referenceTo('cases'), 'the country’s own case'),
      needed(
        'measures',
        'measures',
        listOf(enumOf('TAKE_EVIDENCE SERVE_DOCUMENT SEARCH_SEIZE FREEZE_ASSETS BANK_RECORDS TRANSFER_PERSON JOINT_TEAM OTHER')),
        'what is asked for',
      ),
      needed('urgency', 'urgency', enumOf('ROUTINE URGENT IMMINENT_DANGER'), 'how urgent it is'),
      needed(
        'status',
        'status',
        enumOf('DRAFT TRANSMITTED ACKNOWLEDGED MORE_INFO GRANTED PARTLY_EXECUTED EXECUTED REFUSED WITHDRAWN'),
        'how far it is',
      ),
      ...SHARED_PROVENANCE,
    ],
  },
  {
    name: 'mlaRequests.concerns',
    key: 'concerns',
    table: 'legal.mla_concern',
    primaryKey: ['mla_id', 'case_id'],
    parent: { kind: 'mlaRequests', key: 'mlaRequest', column: 'mla_id' },
    meaning: 'cases of other countries that a request is about',
    fields: [needed('concernedCase', 'case_id', referenceTo('cases'), 'the case, with its country’s code')],
  },
]

/** All kinds, in the order in which their rows are written: what others name comes first. */
export const RECORD_KINDS: readonly KindSpec[] = [...PERSON_KINDS, ...LEGAL_KINDS, ...CASE_KINDS]

/** Returns the kind of a name. */
export function kindOf(name: RecordKindName): KindSpec {
  const found = RECORD_KINDS.find((kind) => kind.name === name)
  if (found === undefined) throw new Error(`expected a kind of records; came ${name}`)
  return found
}

/** Lists the kinds that hang on a kind. */
export function childrenOf(name: RecordKindName): readonly KindSpec[] {
  return RECORD_KINDS.filter(({ parent }) => parent?.kind === name)
}
