import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openServer } from '../../subgraphs/kit/database-server.ts'
import { openTestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { RULES, YAML } from '../country-access/honduras.ts'
import { startTestNode, startTestSidecar } from '../country-access/node.ts'

/** What a node says to the gateway and to its own operator when something around it fails. */

const LAW = { domain: 'legal', query: '{ statute(id: "HN:CP:1") { id } }' }

describe('a database that goes away', () => {
  let rows: { db: Database; close(): Promise<void> }
  /** Nothing listens there, so each statement fails as it does when a server is down. */
  const nobody = openServer('postgres://istmo@127.0.0.1:1/istmo')
  let isDown = false

  beforeAll(async () => {
    rows = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  })
  afterAll(async () => {
    await rows.close()
    await nobody.close()
  })

  it('costs the leg its answer, with a code of its own, and the country’s log says why and what to do', async () => {
    const db: Database = {
      ...rows.db,
      query: (sql, params) => (isDown ? nobody : rows.db).query(sql, params),
      transaction: (work, time) => (isDown ? nobody : rows.db).transaction(work, time),
    }
    const node = await startTestNode(RULES, db)
    try {
      expect((await node.ask(LAW)).status).toBe(200)
      isDown = true
      const { status, body, log } = await node.ask(LAW)
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([503, 'RECORDS_UNAVAILABLE'])
      expect(log).toContainEqual(
        expect.objectContaining({
          msg: 'the database cannot be reached; legs get no answer',
          err: expect.objectContaining({ code: 'ECONNREFUSED' }),
          remedy: expect.stringMatching(/^nothing listens there\. Is the server running/),
        }),
      )
      expect((await fetch(`${node.url}/health/ready`)).status).toBe(503)
      isDown = false
      expect((await node.ask(LAW)).status).toBe(200)
    } finally {
      isDown = false
      await node.close()
    }
  })
})

it('a service behind a sidecar that is down costs the leg its answer, and the country’s log says what to do', async () => {
  const sidecar = await startTestSidecar(RULES, 'http://127.0.0.1:1')
  try {
    const { status, body, log } = await sidecar.ask(LAW)
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([502, 'CONNECTION'])
    expect(log).toContainEqual(
      expect.objectContaining({
        msg: 'the service behind the node cannot be reached; the leg gets no answer',
        remedy: expect.stringContaining('--upstream'),
      }),
    )
  } finally {
    await sidecar.close()
  }
})

it.each([
  ['ahead', -120, 401, 'TOKEN_EXPIRED'],
  ['behind', 120, 401, 'TOKEN_INVALID'],
])(
  'a node whose clock is two minutes %s tells its operator to compare the clocks',
  async (_, offsetS, status, code) => {
    const node = await startTestNode(RULES)
    try {
      const iat = Math.floor(Date.now() / 1000) + offsetS
      const reply = await node.ask({ ...LAW, claims: { iat, exp: iat + 60 } })
      expect([reply.status, reply.body.errors?.[0]?.extensions.code]).toEqual([status, code])
      expect(JSON.stringify(reply.log)).toMatch(/compare the clocks of gateway and node/i)
    } finally {
      await node.close()
    }
  },
)

it('a node whose file has a task force that expired starts, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-expired-'))
  const expired = YAML.replace(/notAfter: \S+?(?=[,\s}])/, 'notAfter: 2020-01-31')
  expect(expired).not.toBe(YAML)
  for (const [name, text] of Object.entries({ ...RULES, 'HN.yaml': expired })) await writeFile(join(folder, name), text)
  await writeFile(join(folder, 'jwks.json'), '{"keys":[]}')
  const flags = ['--country', 'HN', '--domains', 'legal', '--port', '0', '--development']
  const child = spawn(
    process.execPath,
    ['cli/istmo.ts', 'node', ...flags, '--gateway-jwks', join(folder, 'jwks.json'), '--rules', join(folder, 'HN.yaml')],
    { cwd: PROJECT_DIR, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  try {
    for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      text += String(chunk)
      if (text.includes('the node listens')) break
    }
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string })
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 40,
        notAfter: '2020-01-31',
        msg: expect.stringContaining('does not recognise this task force any more'),
      }),
    )
  } finally {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})
