/** What the bench knows of a gateway that it compares. */
import type { Domain } from '../../contract/domain.ts'
import { end, type Pins, type Running } from '../trust/processes.ts'
import { plainRequests } from './ask.ts'
import type { Operation } from './operations.ts'
import type { RawRequest } from './wrk.ts'

/** Where the gateways run, and what they ask. */
export interface Ground {
  readonly pins: Pins
  /** The graph that the operations ask: see `worldOf`. */
  readonly size: number
  /** A folder for the files of one run. */
  readonly folder: string
  /** The port of each subgraph. */
  readonly ports: Readonly<Record<Domain, number>>
  /** The process of the subgraphs without rules. */
  readonly stub: Stub
  /** The file of the supergraph without rules. */
  readonly supergraph: string
  /** Options of Node for the gateways of Istmo. */
  readonly nodeFlags?: readonly string[] | undefined
  /** Further flags of the gateways of Istmo. */
  readonly flags?: readonly string[] | undefined
}

/** The process of the subgraphs that a gateway asks. */
export interface Stub {
  readonly pid: number
  /** The port at which it says how many requests it has answered. */
  readonly control: number
}

/** A gateway that answers. */
export interface Serving {
  readonly running: Running
  readonly port: number
  /** The subgraphs that it asks. */
  readonly stub: Stub
  /** Makes requests of an operation, whose variants take turns, from the first or the one that is given. */
  readonly requests: (operation: Operation, count: number, from?: number) => Promise<readonly RawRequest[]>
  /** Whether its rules deny something to who asks: see `answerPruned`. */
  readonly isRuled: boolean
  /** Whether each request can be sent once only. */
  readonly isSentOnce: boolean
  close(): Promise<void>
}

/** A gateway that can be started. */
export interface Contender {
  /** The name of the option `--contenders`. */
  readonly name: string
  readonly title: string
  /** Whether it is a package of others, which may not run on this machine. */
  readonly isPeer: boolean
  /** Whether it can serve the product's own graph. */
  readonly isOfProduct?: boolean
  start(ground: Ground): Promise<Serving>
}

/** Describes a gateway over the subgraphs without rules, which anybody may ask. */
export function serve({ stub }: Pick<Ground, 'stub'>, running: Running, port: number): Serving {
  const requests: Serving['requests'] = async (operation, count, from) => plainRequests(operation, count, from)
  return { running, port, stub, requests, isRuled: false, isSentOnce: false, close: () => end(running) }
}
