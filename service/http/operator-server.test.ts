import { request } from 'node:http'
import { pino } from 'pino'
import { afterEach, expect, it } from 'vitest'
import { createOperatorServer, type OperatorServer, type OperatorServerOptions } from './operator-server.ts'

const servers: OperatorServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(over: Partial<OperatorServerOptions> = {}): Promise<number> {
  const metrics = async () => ({ type: 'text/plain', text: 'legs 7\n' })
  const log = pino({ level: 'silent' })
  const server = createOperatorServer({ status: () => ({ lastLeg: 'now' }), metrics, log, ...over })
  servers.push(server)
  return (await server.listen('127.0.0.1', 0)).port
}

function ask(port: number, path: string, { method = 'GET', host = '127.0.0.1' } = {}): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve([response.statusCode ?? 0, text]))
    })
    sent.on('error', reject).end()
  })
}

it('answers the status and the metrics, and nothing else', async () => {
  const port = await start()
  expect(await ask(port, '/status')).toEqual([200, '{"lastLeg":"now"}\n'])
  expect(await ask(port, '/metrics?x')).toEqual([200, 'legs 7\n'])
  expect((await ask(port, '/graphql'))[0]).toBe(404)
  expect((await ask(port, '/status', { method: 'POST' }))[0]).toBe(405)
  expect((await ask(await start({ metrics: null }), '/metrics'))[0]).toBe(404)
})

it('answers no web page that gave this machine’s address a name of its own', async () => {
  const port = await start()
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '10.0.0.1']) {
    expect(await ask(port, '/status', { host })).toEqual([400, expect.not.stringContaining('lastLeg')])
  }
  for (const host of ['localhost', `localhost:${port}`, `[::1]:${port}`]) {
    expect((await ask(port, '/status', { host }))[0]).toBe(200)
  }
})

it('shows nothing of an error', async () => {
  const port = await start({
    status: () => {
      throw new Error('postgres://secret')
    },
  })
  expect(await ask(port, '/status')).toEqual([500, expect.not.stringContaining('secret')])
})
