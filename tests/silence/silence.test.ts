/** No word to anyone: the whole dials what its configuration names, and looks up no name. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuerPort, nodePort, oversightPort, WITNESS_NAMES, witnessPort } from '../../demo/ports.ts'
import type { KernelCounts } from './dialled.ts'
import type { Found } from './whole.ts'

const PROGRAM = fileURLToPath(new URL('./whole.ts', import.meta.url))

/** A network of its own, with a loopback device and no way out; where users may not have one, the guard alone watches. */
const NAMESPACE = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
const [unshare = '', ...inNamespace] = NAMESPACE
const hasNamespace = spawnSync(unshare, [...inNamespace, 'true']).status === 0

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function run(...args: readonly string[]): Found {
  const cwd = mkdtempSync(join(tmpdir(), 'istmo-silence-'))
  folders.push(cwd)
  const [command = '', ...rest] = [
    ...(hasNamespace ? NAMESPACE : []),
    process.execPath,
    '--no-warnings',
    PROGRAM,
    ...args,
  ]
  const { stdout, stderr } = spawnSync(command, rest, { cwd, encoding: 'utf8' })
  try {
    return JSON.parse(stdout) as Found
  } catch {
    throw new Error(`expected what was dialled; came ${stdout}\n${stderr}`)
  }
}

/** What the kernel counted meanwhile; nothing can be said of it where the machine's other programs share the network. */
function counted({ before, after }: Found): KernelCounts | null {
  if (!hasNamespace) return null
  return {
    noRoute4: after.noRoute4 - before.noRoute4,
    noRoute6: after.noRoute6 - before.noRoute6,
    datagrams: after.datagrams - before.datagrams,
  }
}

describe('the whole', () => {
  let found: Found
  beforeAll(() => {
    found = run()
  }, 300_000)

  it('answers, refuses and serves its pages', () => {
    expect(found.statuses).toEqual([200, 200, 200, 400, 401, 200, 200, 200, 200, 200])
  })

  it('has a gateway that dials the nodes of the countries folder, the key sets and the witnesses that it was told of', () => {
    const nodes = ['GT', 'HN', 'SV', 'UN'].map((country) => nodePort(found.port, country))
    const issuers = [issuerPort(found.port, 'GT'), issuerPort(found.port, 'HN')]
    const witnesses = WITNESS_NAMES.map((name) => witnessPort(found.port, name))
    const named = [...nodes, ...issuers, ...witnesses].map((port) => `127.0.0.1:${port}`)
    expect(named).toEqual(expect.arrayContaining([...(found.dialled.gateway ?? [])]))
    // Countries without a domain that was asked are not dialled.
    expect(found.dialled.gateway).toEqual(expect.arrayContaining([named[0], named[1], named[2], named[4]]))
  })

  it('has nodes and an issuer that dial nobody', () => {
    for (const name of ['GT', 'HN', 'SV', 'UN', 'issuer', 'other']) expect(found.dialled).not.toHaveProperty(name)
  })

  it('has a supervisor that dials its own children to see whether they are there', () => {
    const ports = found.dialled.supervisor?.map((target) => Number(/^127\.0\.0\.1:(\d+)$/.exec(target)?.[1]))
    expect(ports?.every((port) => port >= found.port && port <= oversightPort(found.port))).toBe(true)
  })

  it('looks up no name and sends nothing beyond this machine, by the guard’s word and the kernel’s', () => {
    expect(found.refused).toEqual([])
    expect(counted(found) ?? 'not counted').toEqual(
      hasNamespace ? { noRoute4: 0, noRoute6: 0, datagrams: 0 } : 'not counted',
    )
  })
})

it('a gateway into which something was planted would be found out', () => {
  const found = run('planted')
  expect(found.refused).toEqual(['DIALLED 192.0.2.1', 'DIALLED telemetry.example'])
  expect(found.dialled.gateway).toEqual(['127.0.0.1:9', '192.0.2.1:80', 'telemetry.example:80'])
})

it('the kernel’s counts would tell of what the guard does not see, where they can be had', () => {
  const probe = `
    const { readKernelCounts } = await import('${new URL('./dialled.ts', import.meta.url).href}')
    const before = readKernelCounts()
    await fetch('http://192.0.2.1/').catch(() => undefined)
    await fetch('http://[2001:db8::1]/').catch(() => undefined)
    console.log(JSON.stringify({ before, after: readKernelCounts() }))`
  const node = [process.execPath, '--no-warnings', '--input-type=module', '--eval', probe]
  const { stdout } = hasNamespace ? spawnSync(unshare, [...inNamespace, ...node], { encoding: 'utf8' }) : { stdout: '' }
  const told = hasNamespace ? counted(JSON.parse(stdout) as Found) : 'no namespace'
  expect(told).toEqual(hasNamespace ? { noRoute4: 1, noRoute6: 1, datagrams: 0 } : 'no namespace')
})
