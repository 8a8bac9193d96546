import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answers } from '../../joining/join/answers.ts'
import { writeUnits } from '../../joining/join/make-folder.ts'
import type { Authority } from '../../service/certificates/authority.ts'
import { takePort } from '../ports.ts'
import { aClient, anAuthority, aServer, askStatutes, openWorld, type World } from '../tls/world.ts'

/** The proxy of `istmo join`, as nginx runs it: a real gateway asks a real node through it. */

const LEGS = Number(process.env.ISTMO_PROXY_LEGS ?? 5)

/** Where Debian and others have the module. */
const MODULES = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/local/libexec/nginx']

let world: World
let authority: Authority
let nginx: ChildProcess | undefined

beforeEach(async () => {
  world = await openWorld()
  authority = await anAuthority('Istmo')
  await world.write('node', await aServer(authority, { dnsNames: ['localhost'] }))
  await world.write('gateway', await aClient(authority))
  await writeFile(world.at('clients.pem'), authority.cert)
  await writeFile(world.at('countries/ca.pem'), authority.cert)
})
afterEach(async () => {
  if (nginx !== undefined && nginx.exitCode === null) {
    const ended = once(nginx, 'exit')
    nginx.kill('SIGTERM')
    await ended
  }
  nginx = undefined
  await world.close()
})

/** Starts nginx with the example for a node at a port. @returns the port of the proxy. */
async function startProxy(host: string, nodePort: number): Promise<number> {
  const port = await takePort()
  const example = writeUnits('/srv/istmo', { host, port: nodePort, tls: 'own', country: 'HN' } as Answers)
  const text = (example['proxy/nginx-stream.conf'] ?? '')
    .replace('listen 443;', `listen 127.0.0.1:${port};`)
    .replace('    listen [::]:443;\n', '')
  const modules = MODULES.find((folder) => existsSync(`${folder}/ngx_stream_module.so`))
  const load = modules === undefined ? '' : `load_module ${modules}/ngx_stream_module.so;\n`
  const own = `daemon off;\npid nginx.pid;\nerror_log stderr;\nevents {}\n`
  await mkdir(world.at('nginx'))
  await writeFile(world.at('nginx/nginx.conf'), `${load}${own}${text}`)
  const child = spawn('nginx', ['-p', world.at('nginx'), '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  nginx = child
  let err = ''
  child.stderr.on('data', (part) => {
    err += String(part)
  })
  const failed = Promise.race([once(child, 'exit'), once(child, 'error').then(([error]) => Promise.reject(error))])
  let hasFailed: unknown
  failed.then(
    () => {
      hasFailed = new Error(`nginx ended:\n${err}`)
    },
    (error: unknown) => {
      hasFailed = new Error('expected nginx with its stream module (apt-get install nginx libnginx-mod-stream)', {
        cause: error,
      })
    },
  )
  await expect
    .poll(
      async () => {
        if (hasFailed !== undefined) throw hasFailed
        return isOpen(port)
      },
      { timeout: 10_000 },
    )
    .toBe(true)
  return port
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
    socket.once('secureConnect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Shakes hands through the proxy for a name. @returns the subject of the certificate that came, or null if none did. */
function shakeHands(port: number, servername: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false })
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
  })
}

describe('through nginx with the example of `istmo join`', () => {
  it.each([['localhost'], ['127.0.0.1']])('legs of the gateway reach the node as %s', async (host) => {
    const node = await world.startNode()
    const port = await startProxy(host, node.port)
    await world.writeCountry('HN', `https://${host}:${port}`, { ca: 'ca.pem' })
    const gateway = await world.startGateway()
    for (let leg = 0; leg < LEGS; leg++) expect(await askStatutes(gateway)).toEqual({ HN: 'ANSWERED' })
    await node.close()
    expect(await askStatutes(gateway)).toEqual({ HN: expect.stringContaining('UNAVAILABLE') })
  })

  it('the node sees who asks: without the gateway’s certificate there is no answer', async () => {
    const node = await world.startNode()
    const port = await startProxy('localhost', node.port)
    await world.write('gateway', await aClient(await anAuthority('Somebody')))
    await world.writeCountry('HN', `https://localhost:${port}`, { ca: 'ca.pem' })
    const gateway = await world.startGateway()
    expect(await askStatutes(gateway)).toEqual({ HN: expect.stringContaining('UNAVAILABLE') })
  })

  it('whoever asks for another name gets nothing', async () => {
    const node = await world.startNode()
    const port = await startProxy('localhost', node.port)
    expect(await shakeHands(port, 'localhost')).toBe('node')
    expect(await shakeHands(port, 'another.example')).toBeNull()
  })
})
