/** The connections to one origin, over which requests go as HTTP/1.1. */
import type { Socket } from 'node:net'
import { type buildConnector, errors } from 'undici'
import { Connection, type ConnectionOwner, type Sending } from './connection.ts'
import { ConnectionLost } from './http1-errors.ts'
import { SILENT_REST_MS } from './read-head.ts'
import { traffic } from './traffic.ts'

/** How often resting connections are looked at, in milliseconds. Whether one may still be used is checked whenever it is. */
const SWEEP_MS = 1_000

/**
 * After how long a resting connection is used only after the loop came round once, in milliseconds: what the server did in the meantime, such as
 * closing it, may wait to be read.
 */
const LOOK_AFTER_MS = 1_000

/**
 * After how long an attempt to connect is late, in milliseconds. No request counts on it any more, and each opens a connection of its own: what was sent
 * while a server was away is repeated after longer and longer times, and a new attempt succeeds at once when the server is back.
 */
const LATE_AFTER_MS = 1_000

/** How many connections a pool may have, and how it opens one. */
export interface HttpPoolOptions {
  readonly maxConnections: number
  /** Opens a connection, as undici's connectors do. */
  readonly connect: buildConnector.connector
}

/** Sends requests over connections that it keeps open, one at a time on each. Requests wait if all are busy. */
export class HttpPool implements ConnectionOwner {
  readonly #target: buildConnector.Options
  readonly #options: HttpPoolOptions
  readonly #connections = new Set<Connection>()
  /** The one that was used last is used first, so that those which are not needed can close. */
  readonly #resting: Connection[] = []
  readonly #queue: Sending[] = []
  /** How many connections are looked at before they are used. Each is meant for one request of the queue. */
  #lookedAt = 0
  /** When the attempts to open a connection began, the oldest first. Each that is not late is meant for one request of the queue. */
  readonly #attempts = new Set<{ readonly since: number }>()
  #sweeper: NodeJS.Timeout | null = null
  #closed: PromiseWithResolvers<void> | null = null

  constructor({ protocol, host, hostname, port }: URL, options: HttpPoolOptions) {
    // The brackets of an IPv6 address belong to the URL and not to the address.
    this.#target = { protocol, host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port }
    this.#options = options
  }

  /** How many requests wait for a connection. */
  get queued(): number {
    return this.#queue.length
  }

  send(sending: Sending): void {
    if (traffic.asked.hasSubscribers) traffic.asked.publish(sending)
    if (this.#closed !== null) {
      sending.onError(new ConnectionLost(new Error('the pool is closed'), false))
      return
    }
    const connection = this.#takeResting()
    if (connection !== null) {
      connection.send(sending)
      return
    }
    this.#queue.push(sending)
    this.#openForQueue()
  }

  /** Gives up a request, wherever it is: `onError` is called with the reason. Nothing happens if it is over. */
  giveUp(sending: Sending, reason: Error): void {
    if (sending.connection !== null) {
      sending.connection.giveUp(reason)
      return
    }
    const at = this.#queue.indexOf(sending)
    if (at === -1) return
    this.#queue.splice(at, 1)
    sending.onError(reason)
    this.#endIfDone()
  }

  /** Takes no more requests. @returns when those in progress are over and the connections are closed. */
  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>()
    for (const connection of this.#resting.splice(0)) connection.close()
    this.#endIfDone()
    return this.#closed.promise
  }

  /** The same, without waiting for what is in progress. */
  destroy(): Promise<void> {
    const closed = this.close()
    const reason = new ConnectionLost(new Error('the pool is closed'), false)
    for (const sending of this.#queue.splice(0)) sending.onError(reason)
    for (const connection of this.#connections) connection.giveUp(reason)
    this.#endIfDone()
    return closed
  }

  onFree(connection: Connection, restMs: number): void {
    const now = performance.now()
    connection.restsSince = now
    connection.restsUntil = now + restMs
    this.#use(connection)
  }

  onStale(): void {
    for (const connection of this.#resting.splice(0)) connection.close()
  }

  onGone(connection: Connection): void {
    this.#connections.delete(connection)
    const at = this.#resting.indexOf(connection)
    if (at !== -1) this.#resting.splice(at, 1)
    this.#openForQueue()
    this.#endIfDone()
  }

  /** Sends the next request on an open connection, or lets it rest. */
  #use(connection: Connection): void {
    const next = this.#queue.shift()
    if (next !== undefined) connection.send(next)
    else if (this.#closed !== null) connection.close()
    else {
      connection.rest()
      this.#resting.push(connection)
      this.#sweeper ??= setTimeout(() => this.#sweep(), SWEEP_MS).unref()
    }
  }

  /** @returns a connection that can be used at once; null if there is none, or if it must be looked at first. */
  #takeResting(): Connection | null {
    for (;;) {
      const connection = this.#resting.pop()
      if (connection === undefined) return null
      if (!connection.isOpen) continue
      const now = performance.now()
      if (now >= connection.restsUntil) connection.close()
      else if (now - connection.restsSince < LOOK_AFTER_MS) return connection
      else {
        this.#lookAt(connection)
        return null
      }
    }
  }

  #lookAt(connection: Connection): void {
    this.#lookedAt += 1
    setImmediate(() => {
      this.#lookedAt -= 1
      if (connection.isOpen) this.#use(connection)
      else this.#openForQueue()
    })
  }

  #openForQueue(): void {
    const { maxConnections, connect } = this.#options
    while (this.#connections.size + this.#attempts.size < maxConnections && this.#queue.length > this.#coming()) {
      const attempt = { since: performance.now() }
      this.#attempts.add(attempt)
      connect(this.#target, (...[error, socket]) => {
        this.#attempts.delete(attempt)
        if (error === null) this.#takeSocket(socket)
        else this.#takeFailure(error)
      })
    }
  }

  /** Returns how many connections are meant for a request of the queue. */
  #coming(): number {
    let late = 0
    const lateSince = performance.now() - LATE_AFTER_MS
    for (const { since } of this.#attempts) {
      if (since > lateSince) break
      late += 1
    }
    return this.#lookedAt + this.#attempts.size - late
  }

  #takeSocket(socket: Socket): void {
    const connection = new Connection(socket, this)
    this.#connections.add(connection)
    const now = performance.now()
    connection.restsSince = now
    connection.restsUntil = now + SILENT_REST_MS
    if (traffic.connected.hasSubscribers) traffic.connected.publish(this.#target)
    this.#use(connection)
  }

  #takeFailure(error: Error): void {
    // A connection that does not come about in time fails nobody: nothing was sent yet, and whoever waits has a clock of its own.
    const isForNobody = error instanceof errors.ConnectTimeoutError || this.#queue.length <= this.#coming()
    if (!isForNobody) this.#queue.shift()?.onError(error)
    this.#openForQueue()
    this.#endIfDone()
  }

  #sweep(): void {
    this.#sweeper = null
    const now = performance.now()
    const resting = this.#resting.splice(0)
    for (const connection of resting) {
      if (now < connection.restsUntil) this.#resting.push(connection)
      else connection.close()
    }
    if (this.#resting.length > 0) this.#sweeper = setTimeout(() => this.#sweep(), SWEEP_MS).unref()
  }

  #endIfDone(): void {
    if (this.#closed !== null && this.#connections.size === 0 && this.#queue.length === 0) this.#closed.resolve()
  }
}
