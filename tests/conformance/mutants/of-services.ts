/** What a service behind a node, or the tables of a node, may do wrong. */
import { encodeCursor } from '../../../contract/cursor.ts'
import { OTHER_TASK_FORCE } from '../../../joining/conformance/identity.ts'
import { asObject, type Leg } from '../../../joining/conformance/leg.ts'
import {
  answering,
  asksEntities,
  asksPage,
  changing,
  changingObjects,
  changingPages,
  eachObject,
  entitiesIn,
  idsAsked,
  type Json,
  mistaking,
  placeOf,
  recoding,
  setEntities,
  variablesOf,
  type Wrong,
} from './damage.ts'
import { COUNT_AND_LAW_MUTANTS } from './of-counts-and-law.ts'
import { FILTER_MUTANTS } from './of-filters.ts'

const isUnknown = (id: unknown): boolean => String(id).includes('no-such-record')
const asksOne = (leg: Leg): boolean => asksEntities(leg) && idsAsked(leg).length === 1
const isOther = ({ as }: Leg): boolean => as?.taskForce === OTHER_TASK_FORCE
const isTrusted = ({ as }: Leg): boolean => as?.scopes.includes('person:protected') === true
const placeAfter = (leg: Leg): string => placeOf(variablesOf(leg).after)?.id ?? ''
const isMadeUp = (id: string): boolean => /-0$|^(AA|ZZ):/.test(id)

/** An unknown record is there. */
const inventing = (isConcerned: (leg: Leg) => boolean): Wrong =>
  changing(isConcerned, (json, leg) => {
    if (entitiesIn(json)[0] === null) setEntities(json, [{ id: idsAsked(leg)[0] }])
  })

const RECORDS: Readonly<Record<string, Wrong>> = {
  'records.ids': changingObjects((each) => {
    if (Array.isArray(each.linkedCases))
      each.linkedCases = each.linkedCases.map((one) => ({ id: String(asObject(one).id).slice(3) }))
  }),
  'records.country': changingObjects((each) => {
    if ('id' in each && each.country === 'HN') each.country = 'GT'
  }),
  'records.values': changingObjects((each) => {
    if (typeof each.inForceFrom === 'string') each.inForceFrom = each.inForceFrom.replaceAll('-', '/')
  }),
  'records.required': changingObjects((each) => {
    if ('agency' in each) each.agency = null
  }),
  'records.by-id': changing(
    ({ query }) => query.includes('record:'),
    (json) => eachObject(json.data, (each) => 'court' in each && Object.assign(each, { court: 'Otro' })),
  ),
  'records.absent': answeringUnknown(({ query }) => query.includes('record:')),
}

function answeringUnknown(isConcerned: (leg: Leg) => boolean): Wrong {
  return answering(
    (leg) => isConcerned(leg) && isUnknown(variablesOf(leg).id),
    (leg) => ({ record: { id: variablesOf(leg).id } }),
  )
}

const ENTITIES: Readonly<Record<string, Wrong>> = {
  'entities.found': changing(
    (leg) => asksOne(leg) && idsAsked(leg)[0] === 'HN:C-01' && leg.query.includes('narrative'),
    (json) => setEntities(json, [null]),
  ),
  'entities.same': changing(asksEntities, (json) => {
    for (const entity of entitiesIn(json))
      if (asObject(entity).issuingCourt !== undefined) Object.assign(entity as Json, { issuingCourt: 'Otro' })
  }),
  'entities.typename': changing(asksEntities, (json) => {
    for (const entity of entitiesIn(json))
      if (asObject(entity).__typename !== undefined) Object.assign(entity as Json, { __typename: '_Entity' })
  }),
  'entities.absent': inventing((leg) => asksOne(leg) && isUnknown(idsAsked(leg)[0])),
  'entities.hidden': inventing((leg) => asksOne(leg) && isOther(leg) && idsAsked(leg)[0]?.startsWith('HN:C-') === true),
  'entities.foreign': inventing((leg) => asksOne(leg) && idsAsked(leg)[0]?.startsWith('UY:') === true),
  'entities.any-id': changing(
    (leg) =>
      asksOne(leg) &&
      leg.domain === 'cases' &&
      leg.query.includes('... on Person') &&
      /conformance/.test(String(idsAsked(leg)[0])),
    (json) => setEntities(json, [null]),
  ),
  'entities.duplicates': changing(
    (leg) =>
      asksEntities(leg) && new Set(idsAsked(leg)).size < idsAsked(leg).length && !idsAsked(leg).includes('no id'),
    (json) => setEntities(json, entitiesIn(json).slice(0, 1)),
  ),
  'entities.order': changing(
    (leg) => asksEntities(leg) && new Set(idsAsked(leg)).size > 1,
    (json) => {
      const entities = entitiesIn(json)
      if (entities.length > 0 && !entities.includes(null))
        setEntities(
          json,
          entities.toSorted((a, b) => (String(asObject(a).id) < String(asObject(b).id) ? -1 : 1)),
        )
    },
  ),
  'entities.batch': changing(
    (leg) => asksEntities(leg) && idsAsked(leg).length === 100,
    (json) => setEntities(json, entitiesIn(json).slice(0, 50)),
  ),
  'entities.one-bad': changing(
    (leg) => asksEntities(leg) && idsAsked(leg).includes('no id'),
    (json) => setEntities(json, null),
  ),
}

/** The requests of `lists.order` and `lists.ties`. */
const isFirstHundred = (leg: Leg): boolean => variablesOf(leg).first === 100 && variablesOf(leg).after === undefined
const keyOf = ({ cursor }: { readonly cursor: string }): string => placeOf(cursor)?.key ?? ''

const LISTS: Readonly<Record<string, Wrong>> = {
  'lists.order': changingPages(isFirstHundred, (page) =>
    page.edges.sort((a, b) => (keyOf(a) > keyOf(b) ? -1 : keyOf(a) < keyOf(b) ? 1 : 0)),
  ),
  'lists.ties': changingPages(isFirstHundred, (page) => {
    const groups = Map.groupBy(page.edges, keyOf)
    page.edges = [...groups.values()].flatMap((edges) => edges.toReversed())
  }),
  'lists.keys': recoding(
    'ISSUED_ON_DESC',
    (cursor) => ({ ...cursor, key: `${cursor.key}0` }),
    (cursor) => ({ ...cursor, key: cursor.key.slice(0, 7) }),
  ),
  'lists.nulls': recoding(
    'FILED_ON_DESC',
    (cursor) => ({ ...cursor, key: cursor.key.replace('~', '}') }),
    (cursor) => ({ ...cursor, key: cursor.key.replace('}', '~') }),
  ),
  'lists.cursor-form': changingObjects((each) => {
    for (const name of ['cursor', 'startCursor', 'endCursor'])
      if (typeof each[name] === 'string') each[name] = `${each[name]}=`
  }),
  'lists.cursor-id': recoding(
    'ISSUED_ON_DESC',
    (cursor) => ({ ...cursor, id: cursor.id.replace(':', ';') }),
    (cursor) => ({ ...cursor, id: cursor.id.replace(';', ':') }),
  ),
  'lists.continue': changingPages(
    (leg) => variablesOf(leg).first === 2 && placeAfter(leg) !== '' && !isMadeUp(placeAfter(leg)),
    (page) => page.edges.shift(),
  ),
  'lists.between-rows': changingPages(
    (leg) => placeAfter(leg).endsWith('-0'),
    (page) => page.edges.splice(0),
  ),
  'lists.foreign-cursor': changingPages(
    (leg) => /^(AA|ZZ):/.test(placeAfter(leg)),
    (page) => page.edges.splice(0),
  ),
  'lists.broken-cursor': mistaking(
    (leg) => asksPage(leg) && variablesOf(leg).after === '%%%',
    (leg) => ({ ...leg, variables: { ...leg.variables, after: null } }),
  ),
  'lists.next-page': changingPages(
    () => true,
    ({ pageInfo }) => Object.assign(pageInfo, { hasNextPage: false }),
  ),
  'lists.ends': changingPages(
    () => true,
    ({ pageInfo }) => Object.assign(pageInfo, { endCursor: null }),
  ),
  'lists.first': mistaking(
    (leg) => asksPage(leg) && variablesOf(leg).first === 101,
    (leg) => ({ ...leg, variables: { ...leg.variables, first: 100 } }),
  ),
  'lists.first-default': changingPages(
    (leg) => typeof variablesOf(leg).first !== 'number',
    (page) => page.edges.splice(10),
  ),
  'lists.same-rows': changingPages(
    ({ query }) => query.includes('page: cases') && query.includes('ID_ASC'),
    (page) => {
      page.edges = page.edges.filter(({ node }) => node.id !== 'HN:C-26')
      if (page.edges.at(-1)?.node.id === 'HN:C-25') page.pageInfo.hasNextPage = false
    },
  ),
}

const searchIn = (leg: Leg): Json => asObject(variablesOf(leg).search) as Json
const searches = (field: string, leg: Leg): boolean => leg.query.includes(`${field}(countries:`)
const setBand = (json: Json): void =>
  eachObject(json.data, (each) => 'band' in each && Object.assign(each, { band: 'WEAK' }))
const setHits = (json: Json, change: (hit: Json) => void): void =>
  eachObject(json.data, (each) => 'hit' in each && change(each))

const SEARCH: Readonly<Record<string, Wrong>> = {
  'search.identifier': changing(
    (leg) => searches('persons', leg) && Object.keys(searchIn(leg)).join() === 'identifier',
    setBand,
  ),
  'search.name': changing((leg) => searches('persons', leg) && searchIn(leg).name !== undefined, setBand),
  'search.contradiction': mistaking(
    (leg) => searches('persons', leg) && ['1931-07-15', '1962-11-26'].includes(String(searchIn(leg).birthDate)),
    (leg) => ({ ...leg, variables: { ...leg.variables, search: { name: searchIn(leg).name } } }),
  ),
  'search.nobody': changing(
    (leg) => searches('personHits', leg) && JSON.stringify(searchIn(leg)).includes('CONFORMANCE0000'),
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: true, band: 'WEAK' })),
  ),
  'search.hits': changing(
    (leg) => searches('personHits', leg),
    (json) => setHits(json, (hit) => hit.hit === true && Object.assign(hit, { country: 'GT' })),
  ),
  'search.hit-dates': changing(
    (leg) => searches('personHits', leg) && /^9\d{3}-(?!01-01)/.test(String(searchIn(leg).birthDate)),
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: true, band: 'WEAK' })),
  ),
  'search.hit-identifiers': changing(
    (leg) =>
      searches('personHits', leg) &&
      'identifier' in searchIn(leg) &&
      'birthDate' in searchIn(leg) &&
      'name' in searchIn(leg),
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: false, band: null })),
  ),
  'search.hit-owners': changing(
    (leg) => searches('personHits', leg) && searchIn(leg).name === 'Conformance Nobody',
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: false, band: null })),
  ),
  'search.hit-nationalities': changing(
    (leg) => searches('personHits', leg) && 'nationality' in searchIn(leg) && 'name' in searchIn(leg),
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: false, band: null })),
  ),
  'search.list-hits': changingObjects(
    (each) => typeof each.item === 'number' && Object.assign(each, { item: each.item - 1 }),
  ),
  'search.too-wide': answering(
    (leg) =>
      searches('personHits', leg) &&
      searchIn(leg).identifier === undefined &&
      (searchIn(leg).name === undefined || searchIn(leg).birthDate === undefined),
    () => ({ personHits: { hits: [{ country: 'HN', hit: false, band: null }] } }),
  ),
}

const setFirstRole = (role: string): ((page: { edges: { node: Json }[] }) => void) => {
  return ({ edges }) => void (edges[0] !== undefined && Object.assign(edges[0].node, { role }))
}

const PROTECTED: Readonly<Record<string, Wrong>> = {
  'protected.participants': changingPages(
    (leg) => isTrusted(leg) && asksPage(leg, 'participants'),
    setFirstRole('VICTIM'),
  ),
  'protected.list': changingPages(
    (leg) => isTrusted(leg) && asksPage(leg, 'protectedParticipants'),
    setFirstRole('SUSPECT'),
  ),
  'protected.victims-hidden': mistaking(
    (leg) => asksPage(leg, 'protectedParticipants'),
    (leg, { trusted }) => ({ ...leg, as: trusted }),
  ),
  'protected.cases': mistaking(
    (leg) => asksPage(leg, 'cases') && idsAsked(leg)[0] === 'HN:P-8',
    (leg) => ({ ...leg, variables: { ...leg.variables, representations: [{ __typename: 'Person', id: 'HN:P-1' }] } }),
  ),
  'protected.search': answering(
    (leg) => isTrusted(leg) && leg.query.includes('persons(countries:'),
    () => ({ persons: { edges: [{ cursor: '', band: 'STRONG', node: { id: 'HN:P-8' } }] } }),
  ),
  'protected.hits': changing(
    (leg) => isTrusted(leg) && searches('personHits', leg),
    (json) => setHits(json, (hit) => Object.assign(hit, { hit: true })),
  ),
}

const ROWS: Readonly<Record<string, Wrong>> = {
  'rows.task-force': changingPages(
    (leg) => isOther(leg) && asksPage(leg, 'cases') && variablesOf(leg).after === null,
    (page) => {
      const cursor = encodeCursor({ order: 'FILED_ON_DESC', key: '~', id: 'HN:C-99' })
      page.edges.push({ cursor, node: { id: 'HN:C-99', provenance: { handling: ['H1'] } } })
    },
  ),
  'rows.second-task-force': inventing((leg) => asksOne(leg) && !isTrusted(leg) && idsAsked(leg)[0] === 'HN:C-05'),
  'rows.hidden': inventing(
    (leg) => asksOne(leg) && !isTrusted(leg) && leg.domain === 'persons' && idsAsked(leg)[0] === 'HN:P-8',
  ),
  'rows.warrants': changingPages(
    (leg) => asksPage(leg, 'warrants') && idsAsked(leg)[0] === 'HN:P-8',
    (page) =>
      page.edges.push({
        cursor: encodeCursor({ order: 'ISSUED_ON_DESC', key: '~', id: 'HN:W-22' }),
        node: { id: 'HN:W-22' },
      }),
  ),
  'rows.handling': mistaking(
    (leg) => isOther(leg) && (asksPage(leg, 'cases') || leg.query.includes('caseCounts(')),
    (leg, { reader }) => ({ ...leg, as: reader }),
  ),
}

/** The mutants of services, by the check that must catch them. */
export const SERVICE_MUTANTS: Readonly<Record<string, Wrong>> = {
  ...{ ...RECORDS, ...ENTITIES, ...LISTS, ...FILTER_MUTANTS, ...SEARCH, ...PROTECTED, ...ROWS },
  ...COUNT_AND_LAW_MUTANTS,
}
