/** Starts the subgraphs of a graph and gateways over them, and ends them after they were used. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Pins, pin } from '../trust/processes.ts'
import type { Contender, Ground, Serving } from './contender.ts'
import { plainSupergraph } from './graph/graph.ts'
import { startStub } from './start-stub.ts'

/** A contender that answers. */
export interface Started extends Serving {
  readonly contender: Contender
}

/** What is started. */
export interface OpenPlan extends Pick<Ground, 'nodeFlags' | 'flags'> {
  readonly pins: Pins
  /** The graph: see `worldOf`. */
  readonly size: number
  readonly contenders: readonly Contender[]
}

/** What was started. */
export interface Opened {
  readonly started: readonly Started[]
  /** The contenders that do not run here, with the reason. */
  readonly missing: readonly string[]
  /** A folder for files, which is deleted at the end. */
  readonly folder: string
}

/** Starts contenders, uses them, and ends them. */
export async function withContenders<Result>(
  { pins, size, contenders, nodeFlags, flags }: OpenPlan,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-gateways-'))
  const { ports, stop, ...stub } = await startStub(pins)
  const supergraph = join(folder, 'supergraph.graphql')
  await writeFile(
    supergraph,
    plainSupergraph((domain) => `http://127.0.0.1:${ports[domain]}/`),
  )
  const ground = { ...{ pins, size, folder, ports, stub, supergraph }, ...{ nodeFlags, flags } }
  const { started, missing } = await startAll(contenders, ground)
  pin(pins.others, process.pid)
  try {
    return await use({ started, missing, folder })
  } finally {
    for (const { close } of started) await close()
    await stop()
    await rm(folder, { recursive: true })
  }
}

/** Starts the contenders, one after the other. A gateway of others that does not run here is reported, and left out. */
async function startAll(contenders: readonly Contender[], ground: Ground) {
  const started: Started[] = []
  const missing: string[] = []
  for (const contender of contenders) {
    try {
      started.push({ contender, ...(await contender.start(ground)) })
    } catch (error) {
      if (!contender.isPeer) throw error
      missing.push(`${contender.title}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { started, missing }
}
