import { randomUUID } from 'node:crypto'
import { listOwnRecords } from '../../../contract/row-quota/own-records.ts'
import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { TEST_LEGS_PER_QUESTION, TEST_ROWS_PER_DAY } from '../identity.ts'
import { codesOf, dataOf, describeReply, isRefused, type Reply } from '../leg.ts'
import { type PageOptions, pageRequest } from '../read.ts'
import type { ListRows } from '../sample.ts'
import { askedOf } from './asked-questions.ts'
import { absentId } from './found-records.ts'

/** Quotas: how many rows one officer gets on a day, and how much one question may take. */

/** The largest page. */
const PAGE = 100
/** The least rows of a page with which a quota is tried: fewer would take too many legs. */
const LEAST_ROWS = 10
const NO_LIST = both(`a list with ${LEAST_ROWS} records or more`, `una lista con ${LEAST_ROWS} registros o más`)

/** What one officer was given until the node said that the quota is spent. */
interface Spent {
  readonly officer: string
  readonly rows: number
  /** The last answer. */
  readonly reply: Reply
  readonly ask: (officer: string) => Promise<Reply>
}

const spentQuotas = new WeakMap<World, Promise<Spent | null>>()

/** Asks as one officer until the quota is spent. Null if no list is long enough. Asks once. */
function spendQuota(world: World): Promise<Spent | null> {
  const spent = spentQuotas.get(world) ?? askUntilSpent(world)
  spentQuotas.set(world, spent)
  return spent
}

async function askUntilSpent(world: World): Promise<Spent | null> {
  const list = longestList(world)
  if (list === null) return null
  const options: PageOptions = { order: list.order, first: PAGE, node: 'id' }
  const { query, variables } = pageRequest(world, list.connection, options)
  const { domain } = list.connection
  const ask = (officer: string): Promise<Reply> =>
    world.ask({ domain, query, variables, as: world.callers.reader, officer })
  const officer = randomUUID()
  const most = Math.ceil(TEST_ROWS_PER_DAY / Math.min(PAGE, list.edges.length)) + 2
  let rows = 0
  let reply = await ask(officer)
  for (let legs = 1; legs < most && !isRefused(reply); legs++) {
    rows += listOwnRecords(dataOf(reply), world.facts.country).size
    reply = await ask(officer)
  }
  return { officer, rows, reply, ask }
}

/** The root list with the most rows. */
function longestList({ sample }: World): ListRows | null {
  const lists = sample.lists.filter(
    ({ connection, order, edges }) =>
      connection.parent === null && order === connection.orders[0] && edges.length >= LEAST_ROWS,
  )
  return lists.toSorted((a, b) => b.edges.length - a.edges.length)[0] ?? null
}

const rows: Check = {
  id: 'quotas.rows',
  async run(world) {
    const tally = createTally()
    const spent = await spendQuota(world)
    if (spent === null) return tally.result(NO_LIST)
    const isExact = spent.rows <= TEST_ROWS_PER_DAY && spent.rows > TEST_ROWS_PER_DAY - PAGE
    tally.note(
      isExact && codesOf(spent.reply).includes('QUOTA_SPENT'),
      'rowsPerDay',
      both(`${TEST_ROWS_PER_DAY} records, then QUOTA_SPENT`, `${TEST_ROWS_PER_DAY} registros, y después QUOTA_SPENT`),
      both(
        `${spent.rows} records, then ${describeReply(spent.reply)}`,
        `${spent.rows} registros, y después ${describeReply(spent.reply)}`,
      ),
    )
    return tally.result(NO_LIST)
  },
}

const apart: Check = {
  id: 'quotas.apart',
  async run(world) {
    const tally = createTally()
    const spent = await spendQuota(world)
    if (spent === null) return tally.result(NO_LIST)
    const reply = await spent.ask(randomUUID())
    const came = listOwnRecords(dataOf(reply), world.facts.country).size
    tally.note(came >= LEAST_ROWS, 'rowsPerDay', both('records', 'registros'), same(describeReply(reply)))
    return tally.result(NO_LIST)
  },
}

const NO_RULES = both('a domain with rules', 'un dominio con reglas')

const ofQuestion: Check = {
  id: 'quotas.question',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const [asked] = askedOf(world)
    if (asked === undefined) return tally.result(NO_RULES)
    const { domain, byId: query } = asked
    const variables = { id: absentId(world) }
    const question = { document: query, variables, name: randomUUID() }
    const ask = (): Promise<Reply> => world.ask({ domain, query, variables, as: world.callers.reader, question })
    let legs = 0
    let reply = await ask()
    for (; legs <= TEST_LEGS_PER_QUESTION && !isRefused(reply); legs++) reply = await ask()
    tally.note(
      legs === TEST_LEGS_PER_QUESTION && codesOf(reply).includes('QUESTION_CAP_REACHED'),
      'caps.legs',
      both(
        `${TEST_LEGS_PER_QUESTION} legs, then QUESTION_CAP_REACHED`,
        `${TEST_LEGS_PER_QUESTION} consultas, y después QUESTION_CAP_REACHED`,
      ),
      both(`${legs} legs, then ${describeReply(reply)}`, `${legs} consultas, y después ${describeReply(reply)}`),
    )
    return tally.result(NO_RULES)
  },
}

/** The checks of quotas. */
export const QUOTA_CHECKS: readonly Check[] = [rows, apart, ofQuestion]
