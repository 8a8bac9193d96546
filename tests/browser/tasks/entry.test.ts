/** Task 12 of docs/console.md: an auditor verifies an entry in the browser, and is told which step failed if somebody has forged something. */
import { join } from 'node:path'
import type { APIResponse, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatTlogProof, parseTlogProof, type TlogProof } from '../../../audit/note/tlog-proof.ts'
import type { FaultKind } from '../../../console/src/audit/check-bundle.ts'
import type { ShownEntry, ShownProof } from '../../../console/src/audit/shown-entry.ts'
import { wordsIn } from '../../../console/src/words/catalogue.ts'
import { CONSOLE_WORDS } from '../../../tools/screenshots/open-console.ts'
import { auditHere } from '../../audit-cli/istmo.ts'
import { type AuditWorld, startAuditWorld } from '../audit-world.ts'
import { changeAnswers } from '../changed-answers.ts'
import { handOf } from '../console-hand.ts'
import { DESK, expectUsable, type Setting, settingsOf, useConsoles } from '../console-story.ts'

const consoles = useConsoles([])
let world: AuditWorld
beforeAll(async () => {
  world = await startAuditWorld()
})
afterAll(() => world?.stop())

/** What oversight shows of an entry that has a proof. */
type Proved = ShownEntry & { readonly proof: NonNullable<ShownEntry['proof']> }

/** What oversight answers, with a changed entry. */
async function bodyWith(response: APIResponse, lie: (entry: Proved) => Proved): Promise<object> {
  const body = (await response.json()) as { data?: { entry?: Proved } }
  const entry = body.data?.entry
  const isWhole = entry != null && 'proof' in entry
  return isWhole ? { ...body, data: { ...body.data, entry: lie(entry) } } : body
}

/** Signs an auditor in. `lie` is what oversight does to an entry before it shows it. */
async function open(setting: Setting, lie: (entry: Proved) => Proved = (entry) => entry): Promise<Page> {
  const { name: _, hand: __, language, ...look } = setting
  const words = CONSOLE_WORDS[language]
  const context = await consoles.browser().newContext({ ...look, locale: words.locale })
  const page = await context.newPage()
  await changeAnswers(page, '**/audit/graphql', async (response, route) =>
    route.fulfill({ response, json: await bodyWith(response, lie) }),
  )
  await page.goto(`${world.origin}/console/`)
  await page.getByRole('button', { name: words.signIn, exact: true }).click()
  await page.getByRole('button', { name: words.goOn }).click()
  return page
}

/** Changes the proof of an entry. */
function forge(change: (proof: TlogProof) => Partial<TlogProof>): (entry: Proved) => Proved {
  return (entry) => {
    const proof = parseTlogProof(entry.proof.bundle)
    return { ...entry, proof: { ...entry.proof, bundle: formatTlogProof({ ...proof, ...change(proof) }) } }
  }
}

/** Somebody else's agency in an entry. */
const rewrite = ({ entry }: ShownProof): string => entry.replace('GT-MP-FECO', 'GT-MP-DICRI')

/** The signature of the log itself, over other bytes. */
const breakSignature = (checkpoint: string): string =>
  checkpoint.replace(/(— istmo\.example\/gateway .{20})(.)/, (_, start: string, letter: string) => {
    return start + (letter === 'A' ? 'B' : 'A')
  })

const FORGERIES: readonly (readonly [string, FaultKind, (entry: Proved) => Proved])[] = [
  [
    'shows another entry than the proof has',
    'ENTRY_CHANGED',
    (entry) => ({ ...entry, proof: { ...entry.proof, entry: rewrite(entry.proof) } }),
  ],
  [
    'has changed the entry and what the proof says of it',
    'NOT_IN_LOG',
    (entry) => {
      const text = rewrite(entry.proof)
      const forged = forge(() => ({ extra: Buffer.from(text) }))(entry)
      return { ...forged, proof: { ...forged.proof, entry: text } }
    },
  ],
  ['gives a path to another place', 'NOT_IN_LOG', forge(({ hashes }) => ({ hashes: hashes.toReversed() }))],
  [
    'has changed a signature',
    'SIGNATURE_WRONG',
    forge(({ checkpoint }) => ({ checkpoint: breakSignature(checkpoint) })),
  ],
  [
    'leaves out what witnesses signed',
    'WITNESS_MISSING',
    forge(({ checkpoint }) => ({
      checkpoint: checkpoint
        .split('\n')
        .filter((line) => !/— witness\.example\/(gt|hn)/.test(line))
        .join('\n'),
    })),
  ],
  ['says another purpose than the entry', 'SHOWN_DIFFERS', (entry) => ({ ...entry, purpose: 'PROSECUTION' })],
  ['leaves out a part of the request', 'PART_WRONG', (entry) => ({ ...entry, proof: { ...entry.proof, parts: [] } })],
  ['gives no proof', 'NO_PROOF', (entry) => ({ ...entry, proof: null as never })],
]

describe.each(settingsOf(DESK))('an auditor in $name', (setting) => {
  const words = wordsIn(setting.language)
  const place = `/audit/entry/`

  it('finds an entry, sees it proved, and keeps a proof that a command verifies', async () => {
    const page = await open(setting)
    const hand = handOf({ page, setting })
    await page.evaluate("location.hash = '/audit'")
    await hand.type(page.getByRole('combobox', { name: words('auditor.searchField') }), world.requestId)
    await page.keyboard.press('Enter')
    await hand.press(page.locator(`a[href*="${place}${world.requestId}"]`))
    await page.getByText(words('auditor.verdicts.PROVEN')).waitFor()
    await page.getByText(words('auditor.approval.states.IN_FORCE')).waitFor()
    await expectUsable({ page, setting })
    const saved = page.waitForEvent('download')
    await hand.press(page.getByRole('button', { name: words('auditor.saveProof'), exact: true }))
    const bundle = join(world.folder, `${setting.language}.tlog-proof`)
    await (await saved).saveAs(bundle)
    const { code, stdout } = await auditHere(['check', bundle, '--policy', 'policy'], world.folder)
    expect([code, stdout]).toEqual([0, expect.stringContaining(world.requestId)])
    await page.context().close()
  })

  describe('before an oversight that lies', () => {
    let page: Page
    let lie = (entry: Proved): Proved => entry
    beforeAll(async () => {
      page = await open(setting, (entry) => lie(entry))
      await page.evaluate(`location.hash = '/audit'`)
    })
    afterAll(() => page?.context().close())

    it.each(FORGERIES)('is told what failed if it %s: %s', async (_, kind, change) => {
      lie = change
      await page.evaluate(`location.hash = '${place}${world.requestId}'`)
      // Signs the same auditor in again, without a click.
      await page.reload()
      const verdict = kind === 'WITNESS_MISSING' ? 'UNWITNESSED' : 'NOT_PROVEN'
      await page.getByText(words(`auditor.verdicts.${verdict}`)).waitFor()
      // As long as the trust policy is on its way, the page says that it is missing.
      const faults = page.locator('.faults li')
      await expect
        .poll(() => faults.allInnerTexts())
        .toEqual([expect.stringContaining(words(`auditor.faults.${kind}`))])
      if (verdict === 'NOT_PROVEN') await page.getByText(words('auditor.wordsOfOversight')).waitFor()
      if (kind === 'SIGNATURE_WRONG') await expectUsable({ page, setting })
    })
  })
})
