import type { RowCounts } from '../../contract/row-quota/row-quota.ts'
import type { Database } from './types.ts'

/** How long a lease should last at the pace at which the caller asks, in milliseconds. */
const LEASE_MS = 500

/** After how long a caller who does not ask is idle, in milliseconds. */
const IDLE_MS = 1_000

/** The last part of a quota is never leased: 1/8. So what another process holds does not keep a caller from the last rows. */
const KEPT_PART = 8

/** Where the rows of all processes of a node are counted. */
export interface RowStore {
  /** Returns how many rows were counted for this key on this day. */
  read(key: string, day: string): Promise<number>
  /** Adds rows in one step that a crash does not undo; a number below zero takes rows away. Returns how many are counted then. */
  add(key: string, day: string, rows: number): Promise<number>
}

/** What {@link leaseRows} works with. */
interface LeaseOptions {
  /** Returns the quota in force. */
  readonly rowsPerDay: () => number
  /** Returns the milliseconds of a clock that is never set back. */
  readonly nowMs: () => number
  /** Called when a first caller is held: from then on `giveBackIdle` should be called now and then, until it returns false. */
  readonly onHeld?: () => void
}

/** Counts that take rows of a quota in advance. */
export interface RowLeases extends RowCounts {
  /** Gives back the rows of callers who did not ask for a second. Never rejects. Returns whether a caller is still held. */
  giveBackIdle(): Promise<boolean>
  /** Gives back all rows. Never rejects. */
  giveBackAll(): Promise<void>
}

/** One caller on one day. The rows from `next` to `end` are counted already, and nobody has them yet. */
interface Account {
  readonly key: string
  readonly day: string
  next: number
  end: number
  /** The quota for which the rows were leased. */
  rowsPerDay: number
  /** How many answers wait for a statement, one after the other. */
  waiting: number
  /** Settles when the last of them is counted. It never rejects. */
  counted: Promise<unknown>
  /** When rows were last asked for. */
  usedMs: number
  /** When the last statement was sent; null if none was. */
  leasedMs: number | null
  /** How many rows were used since then. */
  used: number
}

/**
 * Counts rows so that most answers do not wait for the store. For a caller who asks without a pause, one statement counts the rows of an answer and
 * those of about the next half second: a lease, from which the next answers are counted in memory.
 *
 * Each row of a lease is counted before anybody gets it. So several processes together never give more than the quota, and a process that crashes
 * makes the count too high, by the rows that it held. The answers of a caller are counted one after the other, as they came.
 * @param store rejects if it cannot count. The answer is rejected too, and the rows that the process held are lost.
 */
export function leaseRows(store: RowStore, { rowsPerDay, nowMs, onHeld }: LeaseOptions): RowLeases {
  const accounts = new Map<string, Account>()
  const accountOf = (key: string, day: string): Account => {
    const known = accounts.get(nameOf(key, day))
    if (known !== undefined) return known
    const account = openAccount(key, day)
    accounts.set(nameOf(key, day), account)
    if (accounts.size === 1) onHeld?.()
    return account
  }
  const giveBack = async (isOver: (account: Account) => boolean): Promise<void> => {
    for (const [name, account] of accounts) {
      if (account.waiting > 0 || !isOver(account)) continue
      // Before anything is sent, so that nobody uses these rows any more, also if the statement fails.
      accounts.delete(name)
      const held = account.end - account.next
      // If they cannot be given back, the caller loses them.
      if (held > 0) await store.add(account.key, account.day, -held).catch(() => undefined)
    }
  }
  return {
    async read(key, day) {
      const counted = await store.read(key, day)
      const account = accounts.get(nameOf(key, day))
      return account === undefined ? counted : Math.max(0, counted - (account.end - account.next))
    },
    add(key, day, rows) {
      const account = accountOf(key, day)
      account.usedMs = nowMs()
      if (account.waiting === 0 && isHeld(account, rows, rowsPerDay())) return use(account, rows)
      account.waiting += 1
      const count = (): number | Promise<number> =>
        isHeld(account, rows, rowsPerDay())
          ? use(account, rows)
          : countAhead(store, account, rows, { rowsPerDay: rowsPerDay(), nowMs: nowMs() })
      const before = account.counted.then(count).finally(() => {
        account.waiting -= 1
      })
      account.counted = before.catch(() => undefined)
      return before
    },
    async giveBackIdle() {
      const now = nowMs()
      await giveBack(({ usedMs }) => now - usedMs >= IDLE_MS)
      return accounts.size > 0
    },
    giveBackAll: () => giveBack(() => true),
  }
}

function nameOf(key: string, day: string): string {
  return `${day} ${key}`
}

function openAccount(key: string, day: string): Account {
  const nothing = { next: 0, end: 0, rowsPerDay: 0, waiting: 0, usedMs: 0, leasedMs: null, used: 0 }
  return { key, day, counted: Promise.resolve(), ...nothing }
}

/** Whether so many rows can be used without a statement. Rows that were leased for another quota cannot. */
function isHeld(account: Account, rows: number, rowsPerDay: number): boolean {
  return account.rowsPerDay === rowsPerDay && account.next + rows <= Math.min(account.end, rowsPerDay)
}

/** Uses rows that are held. Returns how many were counted before them. */
function use(account: Account, rows: number): number {
  const before = account.next
  account.next += rows
  account.used += rows
  return before
}

interface Moment {
  readonly rowsPerDay: number
  readonly nowMs: number
}

/** Counts the rows of an answer by one statement, which also leases. Returns how many were counted before them. */
async function countAhead(store: RowStore, account: Account, rows: number, moment: Moment): Promise<number> {
  const held = account.end - account.next
  const ahead = chooseLease(account, rows, moment)
  // Until the answer comes, nothing is held: if none comes, nobody knows what was counted.
  account.next = account.end
  account.leasedMs = moment.nowMs
  account.used = 0
  account.end = await store.add(account.key, account.day, rows - held + ahead)
  account.next = account.end - ahead
  account.rowsPerDay = moment.rowsPerDay
  return account.next - rows
}

/**
 * Chooses how many rows to lease: about as many as the caller uses in half a second, and at most twice what the caller used since the last statement.
 * None at the first statement, none for less than one more answer, and none of the last part of the quota.
 * @param rows how many rows wait for the statement.
 */
function chooseLease(account: Account, rows: number, { rowsPerDay, nowMs }: Moment): number {
  if (account.leasedMs === null) return 0
  const used = account.used + rows
  const atThisPace = Math.floor((used * LEASE_MS) / Math.max(1, nowMs - account.leasedMs))
  const leasable = rowsPerDay - Math.ceil(rowsPerDay / KEPT_PART) - (account.end + rows)
  const ahead = Math.min(2 * used, atThisPace, leasable)
  return ahead < rows ? 0 : ahead
}

/** After how many statements the node deletes the counts of former days. */
const STATEMENTS_PER_SWEEP = 10_000

/** How many days the counts remain. They are needed on their own day only, and on another one if somebody sets the clock back. */
const KEPT_DAYS = 2

/** How often the node looks for callers whose rows it can give back, in milliseconds. */
const GIVE_BACK_MS = 500

/** Counts in a database. */
interface DatabaseRowCounts extends Pick<RowLeases, 'read' | 'add'> {
  /** Gives back the rows that were taken in advance. Never rejects. The database must still be open. */
  close(): Promise<void>
}

/**
 * Creates counts in the country's own database, which all processes of the node share and which a restart does not change. The role that
 * reads rows for legs may neither read nor write them. The node takes rows of a busy caller in advance.
 * @param rowsPerDay returns the quota in force. Without it, no rows are taken in advance.
 */
export function createDatabaseRowCounts(db: Database, rowsPerDay: () => number = () => 0): DatabaseRowCounts {
  let timer: NodeJS.Timeout | undefined
  const giveBackLater = (): void => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      if (await leases.giveBackIdle()) giveBackLater()
    }, GIVE_BACK_MS).unref()
  }
  const nowMs = performance.now.bind(performance)
  const leases = leaseRows(createStore(db), { rowsPerDay, nowMs, onHeld: giveBackLater })
  return {
    read: leases.read,
    add: leases.add,
    close() {
      clearTimeout(timer)
      return leases.giveBackAll()
    },
  }
}

function createStore(db: Database): RowStore {
  let statements = 0
  return {
    async read(key, day) {
      const sql = 'select rows from istmo.row_count where caller = $1 and day = $2::date'
      const [row] = await db.query<{ rows: number }>(sql, [key, day])
      return Number(row?.rows ?? 0)
    },
    async add(key, day, rows) {
      statements += 1
      if (statements % STATEMENTS_PER_SWEEP === 0) {
        await db.query(`delete from istmo.row_count where day < $1::date - ${KEPT_DAYS}`, [day])
      }
      // Somebody may have deleted the count meanwhile, and nothing is below zero.
      const sql = `
        insert into istmo.row_count as stored (caller, day, rows) values ($1, $2::date, greatest(0, $3::bigint))
        on conflict (caller, day) do update set rows = greatest(0, stored.rows + $3::bigint)
        returning rows`
      const [row] = await db.query<{ rows: number }>(sql, [key, day, rows])
      return Number(row?.rows ?? rows)
    },
  }
}
