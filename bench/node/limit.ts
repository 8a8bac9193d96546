/**
 * How many times a second PostgreSQL answers the statements of a leg: a bare client sends what the node sends, by as many connections, and does nothing
 * with the answers. Arguments: the file of the statements, the URL of the database, how many legs run at a time, and for how many seconds.
 * Prints one line of JSON.
 */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { BIND_READER } from '../../subgraphs/kit/read-as.ts'
import { TASK_FORCE } from '../trust/dress.ts'
import { quantile } from '../trust/table.ts'
import type { SentStatement } from './statements.ts'

/** As many as the node has. */
const CONNECTIONS = 10

const [file = '', url = '', lanes, seconds] = process.argv.slice(2)
const legs = JSON.parse(readFileSync(file, 'utf8')) as readonly (readonly SentStatement[])[]
const names = new Map<string, string>()
const nameOf = (text: string): string => {
  const name = names.get(text) ?? `s${names.size}`
  names.set(text, name)
  return name
}

const clients = Array.from(
  { length: CONNECTIONS },
  () => new pg.Client({ connectionString: url, pipeline: true } as pg.ClientConfig),
)
await Promise.all(clients.map((client) => client.connect()))
const idle = [...clients]
const waiting: ((client: pg.Client) => void)[] = []

async function send({ text, params }: SentStatement): Promise<void> {
  const client = idle.pop() ?? (await new Promise<pg.Client>((resolve) => waiting.push(resolve)))
  // In one round trip: the client does not wait for the answers in between.
  await Promise.all([
    client.query('begin; set local jit = off; set local statement_timeout = 20000'),
    client.query({ name: 'bind', text: BIND_READER, values: [TASK_FORCE, ''] }),
    client.query({ name: nameOf(text), text, values: params as unknown[], rowMode: 'array', types: RAW }),
    client.query('commit'),
  ])
  const next = waiting.shift()
  if (next === undefined) idle.push(client)
  else next(client)
}

/** Values remain as they came. */
const RAW = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig

const latencies: number[] = []
let next = 0
async function run(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    const from = performance.now()
    for (const statement of legs[next++ % legs.length] ?? []) await send(statement)
    latencies.push(performance.now() - from)
  }
}

async function load(ms: number): Promise<number> {
  latencies.length = 0
  const from = performance.now()
  await Promise.all(Array.from({ length: Number(lanes) }, () => run(from + ms)))
  return (latencies.length * 1_000) / (performance.now() - from)
}

await load(1_000)
let all = latencies.length
const from = process.cpuUsage()
const perSecond = await load(Number(seconds) * 1_000)
const { user, system } = process.cpuUsage(from)
all += latencies.length
const times = { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) }
const used = { cpuUs: (user + system) / latencies.length, memoryMib: process.memoryUsage.rss() / 1_048_576 }
process.stdout.write(`${JSON.stringify({ perSecond, all, ...times, ...used })}\n`)
await Promise.all(clients.map((client) => client.end()))
