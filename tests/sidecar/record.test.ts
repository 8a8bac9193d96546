import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { readEntries } from '../../audit/verify/read-entries.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { RULES } from '../country-access/honduras.ts'
import { startTestSidecar } from '../country-access/node.ts'
import { answerJson, startService } from './upstream.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const CASE = '{ case(id: "HN:1") { id } }'
const BYTES = '{ "data" : { "case": {"id":"HN:1"} } }'

/** A sidecar writes an audit log as a node does: it holds what was rejected, what was answered, and what failed behind it. */
it('writes each leg to the audit log with the hashes of its bytes, and answers with a receipt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-sidecar-'))
  const key = generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'key'), key)
  await rotateKeyFile(join(folder, 'refs.json'), Date.now())
  const service = await startService()
  const flags = ['--audit-log-dir', join(folder, 'record'), '--audit-log-key', join(folder, 'key')]
  const sidecar = await startTestSidecar(
    RULES,
    service.url,
    ...flags,
    '--audit-log-ref-keys',
    join(folder, 'refs.json'),
  )
  const send = async (query: string): Promise<Response> =>
    fetch(`${sidecar.url}/cases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await sidecar.sign(query)}` },
      body: JSON.stringify({ query }),
    })
  try {
    service.answer = (response) => answerJson(response, BYTES)
    const answered = await send(CASE)
    const refused = await send('{ case(id: "HN:1") { prosecutor } }')
    service.answer = (response) => answerJson(response, 'Ana María', 500)
    const failed = await send(CASE)
    for (const response of [answered, refused, failed]) expect(response.headers.get('istmo-receipt')).toBeTruthy()
    expect(await answered.text()).toBe(BYTES)
  } finally {
    await sidecar.close()
    await service.close()
  }
  const source = folderSource(join(folder, 'record/log'))
  const { size, findings } = await verifyLog(
    source,
    parsePolicy(`log ${parseSignerKey(key).verifier.vkey}\nquorum none\n`),
  )
  expect(findings).toEqual([])
  const results: unknown[] = []
  for await (const { bytes } of readEntries(source, size ?? 0)) {
    const entry = parseEntry(bytes)
    if (entry.kind === 'leg')
      results.push([entry.result.status, entry.result.code, entry.responseHash === sha256(BYTES), entry.records.count])
  }
  expect(results).toEqual([
    [200, null, true, 1],
    [403, 'REFUSED_BY_NODE', false, 0],
    [502, 'BAD_ANSWER', false, 0],
  ])
  await rm(folder, { recursive: true })
})
