/**
 * The operations of the bench, answered by hand: the requests that a gateway must send, those of one wave to one subgraph as one request, and their answers
 * joined. It knows nothing of GraphQL.
 */
import type { Domain } from '../../../contract/domain.ts'

/** Sends a body to a subgraph, and returns the body of the answer. */
export type Post = (body: string) => Promise<string>

/** Each subgraph. */
export type Posts = Readonly<Record<Domain, Post>>

type Variables = Readonly<Record<string, string>>

/** What is known of the operations. */
export interface ByHand {
  /**
   * Returns the data of an operation.
   * @throws {Error} if it is none of the bench's.
   */
  answer(posts: Posts, operationName: string, variables: Variables): Promise<object>
  /** Lists the paths of the fields that are not asked for, and null in the data. */
  denied(operationName: string): readonly (readonly string[])[]
}

interface Person {
  readonly id: string
  cases?: readonly Case[]
}
interface Statute {
  readonly id: string
  cases?: readonly Case[]
}
interface Case {
  readonly id: string
  lead?: Person
  statute?: Statute
}
interface Docket {
  clerk?: null
  readonly cases: readonly Case[]
}
interface Registry {
  keeper?: null
  readonly persons: readonly Person[]
}

async function send<Data>(post: Post, query: string, variables: object): Promise<Data> {
  return (JSON.parse(await post(JSON.stringify({ query, variables }))) as { readonly data: Data }).data
}

const represent = (type: string, ids: Iterable<string>) => Array.from(ids, (id) => ({ __typename: type, id }))

/** Asks for entities, each once. @returns them by id. */
async function fetchEntities<Entity extends { readonly id: string }>(
  post: Post,
  query: string,
  type: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Entity>> {
  const { e } = await send<{ readonly e: readonly Entity[] }>(post, query, { r: represent(type, ids) })
  return new Map(Array.from(ids, (id, at) => [id, e[at] as Entity]))
}

const PERSON_NAMES = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Person{id name}}}'
const PERSONS = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Person{id name birthplace}}}'
const STATUTES = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Statute{id heading text}}}'
const OF_STATUTES = 'cases{id title summary lead{id cases{id title summary statute{id}}}}'
const OF_PERSONS = `cases{id title summary statute{id ${OF_STATUTES}}}`
const CASES = `query($p:[_Any!]!,$s:[_Any!]!){p:_entities(representations:$p){...on Person{${OF_PERSONS}}} s:_entities(representations:$s){...on Statute{${OF_STATUTES}}}}`

/**
 * Makes the answers.
 * @param isRuled whether the rules of the dress deny a field of the list and one of the nested operation (see `answerPruned`).
 */
export function answerByHand({ isRuled }: { readonly isRuled: boolean }): ByHand {
  const [clerk, keeper] = isRuled ? ['', ''] : ['clerk ', 'keeper ']
  const docketQuery = `query($id:ID!){docket(id:$id){id ${clerk}cases{id title lead{id}}}}`
  const registryQuery = `query($id:ID!){registry(id:$id){id ${keeper}persons{id name birthplace}}}`
  const denied: Readonly<Record<string, readonly (readonly string[])[]>> = isRuled
    ? { Flat: [['docket', 'clerk']], Nested: [['registry', 'keeper']] }
    : {}

  const answers: Readonly<Record<string, (posts: Posts, variables: Variables) => Promise<object>>> = {
    Field: ({ persons }, variables) => send(persons, 'query($id:ID!){person(id:$id){name}}', variables),

    async Flat({ cases, persons }, variables) {
      const data = await send<{ readonly docket: Docket }>(cases, docketQuery, variables)
      const ids = new Set(data.docket.cases.map(({ lead }) => lead?.id ?? ''))
      const leads = await fetchEntities<Person>(persons, PERSON_NAMES, 'Person', ids)
      for (const one of data.docket.cases) one.lead = leads.get(one.lead?.id ?? '') as Person
      if (isRuled) data.docket.clerk = null
      return data
    },

    async Nested({ persons, cases, legal }, { registry: registryId, code: codeId }) {
      const [{ registry }, { code }] = await Promise.all([
        send<{ readonly registry: Registry }>(persons, registryQuery, { id: registryId }),
        send<{ readonly code: { readonly statutes: readonly Statute[] } }>(
          legal,
          'query($id:ID!){code(id:$id){id statutes{id heading text}}}',
          { id: codeId },
        ),
      ])
      const [personIds, statuteIds] = [registry.persons.map(({ id }) => id), code.statutes.map(({ id }) => id)]
      const found = await send<{ readonly p: readonly Person[]; readonly s: readonly Statute[] }>(cases, CASES, {
        p: represent('Person', personIds),
        s: represent('Statute', statuteIds),
      })
      for (const [at, one] of registry.persons.entries()) one.cases = found.p[at]?.cases ?? []
      for (const [at, one] of code.statutes.entries()) one.cases = found.s[at]?.cases ?? []
      await fillDeep({ persons, legal }, [...registry.persons, ...code.statutes])
      if (isRuled) registry.keeper = null
      return { registry, code }
    },
  }
  return {
    async answer(posts, operationName, variables) {
      const one = answers[operationName]
      if (one === undefined)
        throw new Error(`expected one of ${Object.keys(answers).join(', ')}; came ${operationName}`)
      return one(posts, variables)
    },
    denied: (operationName) => denied[operationName] ?? [],
  }
}

/** Fills in the persons and statutes that cases name, at all levels. */
async function fillDeep(
  { persons, legal }: Pick<Posts, 'persons' | 'legal'>,
  holders: readonly { readonly cases?: readonly Case[] }[],
): Promise<void> {
  const all: Case[] = []
  const collect = (list: readonly Case[] = []): void => {
    for (const one of list) {
      all.push(one)
      collect(one.statute?.cases)
      collect(one.lead?.cases)
    }
  }
  for (const { cases: list } of holders) collect(list)
  const idsOf = (of: (one: Case) => { readonly id: string } | undefined) =>
    new Set(all.flatMap((one) => of(one)?.id ?? []))
  const leadIds = idsOf(({ lead }) => lead)
  const statuteIds = idsOf(({ statute }) => statute)
  const [leads, statutes] = await Promise.all([
    fetchEntities<Person>(persons, PERSONS, 'Person', leadIds),
    fetchEntities<Statute>(legal, STATUTES, 'Statute', statuteIds),
  ])
  for (const { lead, statute } of all) {
    if (lead !== undefined) Object.assign(lead, leads.get(lead.id))
    if (statute !== undefined) Object.assign(statute, statutes.get(statute.id))
  }
}
