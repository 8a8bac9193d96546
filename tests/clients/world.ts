/** The world of these tests: the demo with fewer records than usual, El Salvador stopped, and one origin whose pages may read answers. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createDemoPlace, type DemoPlace, PATIENT_DEADLINES, type RunningDemo } from '../demo/running-demo.ts'

/** What a test gets of the world. */
export interface World {
  /** The gateway's endpoint. */
  readonly url: string
  readonly port: number
  /** The home of the demo. */
  readonly home: string
  /** An empty page of the origin that `--cors-origin` names. */
  readonly allowedPage: string
  /** An empty page of another origin. */
  readonly strangePage: string
}

declare module 'vitest' {
  interface ProvidedContext {
    world: World
  }
}

/** Enough cases for lists of several pages, and for counts of which some are withheld and some are not. */
const RECORDS = ['--persons', '60', '--cases', '400']

let pages: readonly Server[]
let data: string
let place: DemoPlace
let demo: RunningDemo

/** The same few persons ask for all stories, one after another, which is more than a person does: ten times the usual limit. */
const COST_RATE = '50000:600000'

/** Starts the world before the first test. */
export async function setup({ provide }: TestProject): Promise<void> {
  pages = await Promise.all([servePage(), servePage()])
  const [allowedPage = '', strangePage = ''] = pages.map(addressOf)
  // An empty folder of publishers' files: the answers are those of a clone.
  data = await mkdtemp(join(tmpdir(), 'istmo-no-data-'))
  place = await createDemoPlace({ ...PATIENT_DEADLINES, ISTMO_DATA: data, CORS_ORIGIN: allowedPage, COST_RATE })
  demo = await place.start(RECORDS)
  await run('demo/control.ts', 'stop', 'SV')
  const { home, port } = place
  provide('world', { url: `http://127.0.0.1:${port}/graphql`, port, home, allowedPage, strangePage })
}

/** Ends the world after the last test. */
export async function teardown(): Promise<void> {
  for (const page of pages ?? []) page.close()
  await demo?.end('SIGTERM')
  await place?.remove()
  if (data) await rm(data, { recursive: true })
}

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await place.run(...args)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

function servePage(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>a tool</title>')
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
