/** The complete system connects only to what its configuration names, and does not look up a host name. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDemoConfig } from '../../demo/config.ts'
import { authorityPort, consolePort, issuerPort, nodePort, WITNESS_NAMES, witnessPort } from '../../demo/countries.ts'
import { describeReadme } from '../demo/describe-readme.ts'
import type { KernelCounts } from './dialled.ts'
import type { Found } from './whole.ts'

const PROGRAM = fileURLToPath(new URL('./whole.ts', import.meta.url))

/** A network namespace with only a loopback device. If users may not create one, only the socket guard watches. */
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
    throw new Error(`expected a list of connections as JSON; came ${stdout}\n${stderr}`)
  }
}

/** Returns what the kernel counted during the run; null without a namespace, because other programs of the machine would be counted too. */
function countDuring({ before, after }: Found): KernelCounts | null {
  if (!hasNamespace) return null
  return {
    noRoute4: after.noRoute4 - before.noRoute4,
    noRoute6: after.noRoute6 - before.noRoute6,
    datagrams: after.datagrams - before.datagrams,
  }
}

const address = (port: number): string => `127.0.0.1:${port}`

/** The publishers’ files, if they are there: the demo has them too, because one for README alone would take half a minute of a core. */
const { publicDataDir } = readDemoConfig()
/** The countries that only their publisher’s file gives records. */
const fromFiles = publicDataDir === null ? [] : ['PA']

describe('the complete system', () => {
  let found: Found
  beforeAll(() => {
    found = run()
  }, 600_000)

  if (publicDataDir !== null) {
    describe('README and the demo with the publishers’ files', () =>
      describeReadme('with-data', async () => found.readme))
  }

  it('answers operations, rejects bad ones and serves its pages', () => {
    expect(found.statuses).toEqual([200, 200, 200, 400, 401, 200, 200, 404, 200, 200])
  })

  const authorities = () => (['GT', 'HN'] as const).map((country) => address(authorityPort(found.port, country)))
  const witnesses = () => WITNESS_NAMES.map((name) => address(witnessPort(found.port, name)))

  it('has a gateway that connects only to the nodes of its countries folder and to the authorities and witnesses of its settings', () => {
    const nodes = ['GT', 'HN', 'SV', 'UN', ...fromFiles].map((country) => address(nodePort(found.port, country)))
    const named = [...nodes, ...authorities(), ...witnesses()]
    expect(named).toEqual(expect.arrayContaining([...(found.dialled.gateway ?? [])]))
    // It asks each country and each authority what is suspended there.
    expect(found.dialled.gateway).toEqual(expect.arrayContaining([...nodes, ...authorities()]))
  })

  it('has nodes that connect only to the authorities whose officers they believe, and one that believes nobody', () => {
    for (const name of ['GT', 'HN', 'SV', ...fromFiles]) {
      expect(authorities()).toEqual(expect.arrayContaining([...(found.dialled[name] ?? [])]))
    }
    expect(found.dialled).not.toHaveProperty('UN')
  })

  it('has authorities that connect only to their own login provider and to the witnesses', () => {
    for (const country of ['GT', 'HN'] as const) {
      const own = [address(issuerPort(found.port, country)), ...witnesses()]
      expect(own).toEqual(expect.arrayContaining([...(found.dialled[`authority-${country}`] ?? [])]))
    }
  })

  it('has a command for tokens that connects only to the login provider and the authority of one country', () => {
    const places = [address(issuerPort(found.port, 'GT')), address(authorityPort(found.port, 'GT'))]
    expect(found.dialled.other).toEqual(places.sort())
  })

  it('has a supervisor that connects only to its own children, to see whether they answer', () => {
    const ports = found.dialled.supervisor?.map((target) => Number(/^127\.0\.0\.1:(\d+)$/.exec(target)?.[1]))
    expect(ports?.every((port) => port >= found.port && port <= consolePort(found.port, 'HN'))).toBe(true)
  })

  it('does not look up a name or send anything to another machine, as both the guard and the kernel report', () => {
    expect(found.rejected).toEqual([])
    expect(countDuring(found) ?? 'not counted').toEqual(
      hasNamespace ? { noRoute4: 0, noRoute6: 0, datagrams: 0 } : 'not counted',
    )
  })

  it('ends all its processes with a message when its gateway is killed', () => {
    const said = expect.stringMatching(
      /^demo: the gateway ended by itself \(signal SIGKILL\), and the demo ends because it cannot/,
    )
    expect(found.end).toEqual({ code: 1, said, left: [] })
  })
})

it('a gateway with a planted module that connects to other hosts would be reported', () => {
  const found = run('planted')
  expect(found.rejected).toEqual(['DIALLED 192.0.2.1', 'DIALLED telemetry.example'])
  expect(found.dialled.gateway).toEqual(['127.0.0.1:9', '192.0.2.1:80', 'telemetry.example:80'])
})

it('the kernel’s counts would show what the guard does not see, if there is a namespace', () => {
  const probe = `
    const { readKernelCounts } = await import('${new URL('./dialled.ts', import.meta.url).href}')
    const before = readKernelCounts()
    await fetch('http://192.0.2.1/').catch(() => undefined)
    await fetch('http://[2001:db8::1]/').catch(() => undefined)
    console.log(JSON.stringify({ before, after: readKernelCounts() }))`
  const node = [process.execPath, '--no-warnings', '--input-type=module', '--eval', probe]
  const { stdout } = hasNamespace ? spawnSync(unshare, [...inNamespace, ...node], { encoding: 'utf8' }) : { stdout: '' }
  const counts = hasNamespace ? countDuring(JSON.parse(stdout) as Found) : 'no namespace'
  expect(counts).toEqual(hasNamespace ? { noRoute4: 1, noRoute6: 1, datagrams: 0 } : 'no namespace')
})
