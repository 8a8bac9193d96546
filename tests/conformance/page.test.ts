import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodeCursor, descendingDateKey, encodeCursor } from '../../contract/cursor.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { CHECKS } from '../../joining/conformance/conformance-command.ts'
import { sayCheck } from '../../joining/conformance/report.ts'
import { callerHeaders } from '../../subgraphs/kit/sidecar/upstream-backend.ts'

/** docs/upstream.md says what the code does. */

const page = await readFile(join(PROJECT_DIR, 'docs/upstream.md'), 'utf8')

const CURSORS = [...page.matchAll(/^\| `(\[.*?\])` \| `([0-9a-f]+)` \| `([\w-]+)` \|$/gm)].map(
  ([, json = '', bytes = '', cursor = '']): [string, string, string] => [json, bytes, cursor],
)

it('shows cursors', () => expect(CURSORS.length).toBe(6))

it.each(CURSORS)('shows the cursor of %s with its bytes', (json, bytes, cursor) => {
  const [order, key, id] = JSON.parse(json) as [string, string, string]
  expect(encodeCursor({ order, key, id })).toBe(cursor)
  expect(Buffer.from(json).toString('hex')).toBe(bytes)
  expect(decodeCursor(cursor, order)).toEqual({ order, key, id })
})

it('shows the key of a date', () => {
  expect(page).toContain(`\`${descendingDateKey('2026-03-01')}\`, because\n2026-03-01 is day 20,513`)
})

it('names each header that a sidecar sends', () => {
  const claims = { org: { country: 'GT', agency: 'A', role: 'r' }, grounds: { purpose: 'INVESTIGATION', case: 'GT:1' } }
  const rights = { authenticated: true, scopes: new Set(['case:read']), grants: () => true }
  const visibleRows = { taskForce: 'jtf', showsProtected: false }
  const sent = Object.keys(callerHeaders(claims as never, { recognition: { kind: 'recognised', rights }, visibleRows }))
  const named = [...page.matchAll(/`(Istmo-[A-Z][\w-]+)`/g)].map(([, name = '']) => name.toLowerCase())
  expect(sent.filter((name) => !named.includes(name))).toEqual([])
})

it('has checks whose ids name a part, and texts in both languages', () => {
  for (const check of CHECKS) {
    expect(check.id).toMatch(/^[a-z]+\.[a-z-]+$/)
    for (const text of ['heading', 'title', 'remedy', 'missing'] as const) {
      const [en, es] = [sayCheck(check, text, 'en'), sayCheck(check, text, 'es')]
      expect([en, en.startsWith('checks.'), en === es]).toEqual([en, false, false])
    }
  }
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length)
})
